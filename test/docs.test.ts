import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const filesIn = (folder: string, ending: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'manifests/README.md', ...filesIn('docs', '.md')];

/** Relative addresses in a document, without images and without what stands in code. */
const linksIn = (markdown: string): readonly string[] =>
  [...markdown.replaceAll(/```[\s\S]*?```/g, '').matchAll(/(?<!!)\[[^\]]*\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((address) => !/^[a-z]+:/.test(address));

/** Headings as the addresses of sections that code hosts make of them. */
const sectionsOf = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^#{1,6} (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );

const isDead = (document: string, address: string): boolean => {
  const [path = '', section] = address.split('#');
  const target = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(root, target))) return true;
  return section !== undefined && !sectionsOf(textOf(target)).includes(section);
};

const runbooksIn = (path: string): readonly string[] =>
  [...textOf(path).matchAll(/runbook_url: (\S+)/g)].map((match) => match[1] ?? '');

describe('the documents', () => {
  it.each(documents)('%s links only to what is there', (document) => {
    expect(linksIn(textOf(document)).filter((address) => isDead(document, address))).toEqual([]);
  });

  it('hold a runbook for every alert of the shop, and none for an alert that is gone', () => {
    const named = runbooksIn('manifests/prometheus/boutique-rules.yaml');
    expect(named.length).toBeGreaterThan(0);
    expect(named.toSorted()).toEqual(filesIn('docs/runbooks', '.md').toSorted());
  });

  it('say in the operations manual what to do for every alert about the bot', () => {
    const named = runbooksIn('manifests/prometheus/bot-rules.yaml');
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((address) => isDead('README.md', address))).toEqual([]);
  });

  it('begin with two commands, each complete by itself', () => {
    const [first = ''] = textOf('README.md').match(/```sh\n[\s\S]*?```/) ?? [];
    const commands = first.split('\n').filter((line) => !/^(#|```|$)/.test(line));
    expect(commands).toHaveLength(2);
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    expect(commands.map((command) => command.split(' && ').at(-1))).toEqual(['npm run demo', 'npm test']);
    expect([scripts.demo, scripts.test]).not.toContain(undefined);
  });

  it('name only bounds that hold', () => {
    const words = textOf('docs/architecture.md');
    const settings = [...words.matchAll(/`limits\.([A-Za-z]+)` \(([\d,]+)/g)];
    const code = textOf('src/limits.ts');
    expect(settings.length).toBeGreaterThan(3);
    for (const [, name = '', value = ''] of settings) {
      expect(code).toMatch(new RegExp(`\\b${name}: ${value.replaceAll(',', '_')},`));
    }
  });
});
