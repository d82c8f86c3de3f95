import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Component, components, folderOf, linkerFlags, versionOf } from './components.ts';
import { componentsFolder } from './places.ts';
import { runCommand } from './run-command.ts';

/** Kubernetes alone takes half an hour on two busy cores. */
const buildMsMax = 3 * 3_600_000;

const go = (component: Component, ...args: readonly string[]): Promise<string> =>
  runCommand(['go', ...args], {
    cwd: join(componentsFolder, component.name),
    // The toolchain that is there, and modules exactly as the committed sums have them.
    env: { GOTOOLCHAIN: 'local', CGO_ENABLED: '0', GOFLAGS: `${process.env.GOFLAGS ?? ''} -mod=readonly`.trim() },
    timeoutMs: buildMsMax,
  });

const build = async (component: Component, folder: string): Promise<void> => {
  const flags = ['-trimpath', '-pgo=off', '-buildvcs=false', '-ldflags', linkerFlags(component)];
  for (const [binary, packagePath] of Object.entries(component.binaries)) {
    await go(component, 'build', ...flags, '-o', join(folder, binary), packagePath);
  }
  if (component.files.length === 0) return;
  const module = (await go(component, 'list', '-m', '-f', '{{.Dir}}', component.module)).trim();
  for (const path of component.files) {
    cpSync(join(module, path), join(folder, basename(path)), { recursive: true });
  }
};

/** Builds what the cache does not hold, one component after the other; `tell` hears of each how long it took. */
export const buildComponents = async (tell: (line: string) => void): Promise<void> => {
  for (const component of components) {
    const folder = folderOf(component);
    if (existsSync(folder)) continue;
    const startedMs = Date.now();
    tell(`building ${component.name} ${versionOf(component)} ...`);
    // Built aside: a build that is broken off leaves nothing that looks complete.
    const unfinished = `${folder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    await build(component, unfinished);
    renameSync(unfinished, folder);
    tell(`built ${component.name} ${versionOf(component)} in ${Math.round((Date.now() - startedMs) / 1_000)} s`);
  }
};
