import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const rooms = ['src', 'agents', 'commands'];

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });

const sources = rooms.flatMap(filesBelow).filter((path) => /\.tsx?$/.test(path));
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const importsOf = (path: string): readonly string[] =>
  [
    ...textOf(path).matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s+['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/g,
    ),
  ].map((match) => match[1] ?? match[2] ?? '');

/** The room that a file lives in: the first folder that the import rule speaks of. */
const roomOf = (path: string): string => {
  if (path.startsWith('agents/')) return 'agents';
  if (path.startsWith('commands/')) return 'commands';
  const parts = path.split('/');
  return parts.length === 2 ? (parts[1] ?? '') : (parts[1] ?? '');
};

/** main, the lists of detectors and of faults, and the four shelf indexes import everybody: that is what they are for. */
const wiring = [
  'src/main.ts',
  'src/analysis/detectors.ts',
  'src/lab/chaos/faults/index.ts',
  'agents/index.ts',
  'commands/index.ts',
  'src/actions/index.ts',
  'src/sources/index.ts',
];

const outer = ['domain', 'ports', 'analysis', 'limits.ts'];
const allowed: Record<string, readonly string[]> = {
  domain: ['domain'],
  'limits.ts': [],
  'config.ts': ['domain', 'limits.ts'],
  ports: ['domain', 'ports'],
  analysis: ['domain', 'analysis', 'limits.ts'],
  flow: [...outer, 'flow'],
  actions: [...outer, 'actions'],
  sources: [...outer, 'sources'],
  agents: [...outer, 'agents'],
  commands: [...outer, 'commands'],
  adapters: [...outer, 'adapters'],
  lab: ['lab'],
};

const roomImports = (path: string): readonly string[] =>
  importsOf(path)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(root, normalize(join(root, dirname(path), specifier))));

/** Packages that only one room may know. */
const homes: Record<string, string> = {
  '@slack/bolt': 'src/adapters/slack/',
  '@slack/web-api': 'src/adapters/slack/',
  '@kubernetes/client-node': 'src/adapters/kubernetes/',
  ollama: 'src/adapters/ollama/',
  '@langchain/ollama': 'src/adapters/ollama/',
  'faiss-node': 'src/adapters/faiss/',
  libsql: 'src/adapters/sqlite/',
  fastify: 'src/adapters/http/',
};

describe('the house is tidy', () => {
  it.each(sources)('%s imports only what its room may', (path) => {
    const rule = allowed[roomOf(path)];
    if (rule === undefined) return; // main, demo and drill wire everybody up
    const strangers = roomImports(path).filter((target) => !rule.includes(roomOf(target)));
    expect(strangers).toEqual([]);
  });

  it('adapters do not import each other, only what all that ask by HTTP share', () => {
    const shared = 'src/adapters/web';
    const folderOf = (path: string): string => path.split('/').slice(0, 3).join('/');
    const crossings = sources
      .filter((path) => path.startsWith('src/adapters/'))
      .flatMap((path) =>
        roomImports(path)
          .filter(
            (target) => target.startsWith('src/adapters/') && ![folderOf(path), shared].includes(folderOf(target)),
          )
          .map((target) => `${path} -> ${target}`),
      );
    expect(crossings).toEqual([]);
  });

  it('demo and drill alone put main and the laboratory side by side', () => {
    const mixers = sources.filter(
      (path) => !path.startsWith('src/lab/') && roomImports(path).some((target) => target.startsWith('src/lab/')),
    );
    expect(mixers.filter((path) => !/^src\/(demo|drill)(\.ts|\/)/.test(path))).toEqual([]);
  });

  it('each foreign package has one home', () => {
    const strays = sources
      .filter((path) => !path.startsWith('src/lab/'))
      .flatMap((path) =>
        importsOf(path)
          .filter((specifier) => homes[specifier] !== undefined && !path.startsWith(homes[specifier] ?? ''))
          .map((specifier) => `${path} imports ${specifier}`),
      );
    expect(strays).toEqual([]);
  });

  it('files are at most 300 lines and import at most 12 others', () => {
    const long = sources.filter((path) => textOf(path).split('\n').length > 301);
    const crowded = sources.filter((path) => !wiring.includes(path) && importsOf(path).length > 12);
    expect({ long, crowded }).toEqual({ long: [], crowded: [] });
  });

  it('nothing is left for later, switched off or hidden', () => {
    const banned = /\b(TODO|FIXME|XXX|HACK)\b|@ts-ignore|vi\.mock\(|\b(it|test|describe)\.(skip|only|todo)\b/;
    const files = [
      ...sources,
      ...filesBelow('test').filter((path) => path.endsWith('.ts') && path !== 'test/tidy.test.ts'),
    ];
    expect(files.filter((path) => banned.test(textOf(path)))).toEqual([]);
  });

  it('no file is a drawer for odds and ends', () => {
    expect(
      sources.filter((path) => /(^|\/)(utils?|helpers?|common|managers?|services?|misc)(\.ts|\/)/.test(path)),
    ).toEqual([]);
  });

  it.each([
    ['agents', 'agents/index.ts'],
    ['commands', 'commands/index.ts'],
    ['src/actions', 'src/actions/index.ts'],
    ['src/sources', 'src/sources/index.ts'],
  ])('every file on the shelf %s is in its index', (folder, index) => {
    const shelf = readdirSync(join(root, folder)).filter((name) => name.endsWith('.ts') && name !== 'index.ts');
    const listed = importsOf(index).map((specifier) => specifier.replace('./', ''));
    expect(shelf.filter((name) => !listed.includes(name))).toEqual([]);
  });
});
