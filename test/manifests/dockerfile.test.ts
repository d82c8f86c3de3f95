import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { objectOf } from './manifests.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const textOf = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

/** The instructions of the Dockerfile, continued lines joined, comments left out. */
const instructions = textOf('Dockerfile')
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '');

const stages = instructions
  .join('\n')
  .split(/^FROM /m)
  .slice(1);
const stageOf = (name: string): string => stages.find((stage) => stage.startsWith(`base AS ${name}`)) ?? '';
const image = stageOf('image');

describe('the Dockerfile', () => {
  it('builds on one pinned base', () => {
    expect(stages.map((stage) => stage.split('\n')[0])).toEqual([
      expect.stringMatching(/^node:20\.\d+\.\d+-bookworm-slim AS base$/),
      'base AS dependencies',
      'base AS build',
      'base AS image',
    ]);
  });

  it('copies only what is there, and what .dockerignore lets in', () => {
    const copied = instructions
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(copied.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
    const allowed =
      textOf('.dockerignore')
        .match(/^!.+$/gm)
        ?.map((line) => line.slice(1)) ?? [];
    expect(copied.filter((path) => !allowed.includes(path))).toEqual([]);
    expect(allowed.filter((path) => !copied.includes(path))).toEqual([]);
  });

  it('brings production packages and the build into the image, and neither sources nor a package manager', () => {
    expect(stageOf('dependencies')).toContain('npm ci --omit=dev');
    expect(image.match(/^COPY .+$/gm)).toEqual([
      'COPY --from=dependencies /app/node_modules node_modules/',
      'COPY --from=build /app/dist dist/',
      'COPY package.json ./',
      'COPY manifests/chaos-mesh manifests/chaos-mesh/',
    ]);
    expect(image).toContain('rm -rf /usr/local/lib/node_modules');
    expect(image).not.toMatch(/g\+\+|-dev\b/);
  });

  it('runs as the user whom the Deployment names, with the same start as npm start', () => {
    const pod = objectOf('Deployment', 'ai4all-sre', 'bot').spec.template.spec;
    const { runAsUser, runAsGroup } = pod.securityContext;
    expect(image).toMatch(new RegExp(`^USER ${runAsUser}:${runAsGroup}$`, 'm'));
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const entry = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(image)?.[1] ?? '[]') as readonly string[];
    expect(entry.join(' ')).toBe(scripts.start);
    expect(pod.containers[0].command).toBeUndefined();
  });

  it('carries the version of the package', () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    for (const folder of ['bot', 'bot-restore']) {
      expect(textOf(`manifests/${folder}/kustomization.yaml`)).toContain(`newTag: ${version}`);
    }
  });

  it('says nothing secret and nothing about one machine', () => {
    expect(textOf('Dockerfile')).not.toMatch(/token|password|xox[bp]-|https?:\/\//i);
    expect(textOf('.dockerignore')).toMatch(/^(#.*\n)*\*\n/);
  });
});
