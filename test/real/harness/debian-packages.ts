import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

const installMsMax = 10 * 60_000;

/** Debian's packages of Prometheus and Alertmanager; each holds a program of its own name. */
const wanted = ['prometheus', 'prometheus-alertmanager'] as const;

/** A program of Debian: where it lies and which version it is. */
export interface DebianProgram {
  readonly path: string;
  readonly version: string;
}

const pathOf = (name: (typeof wanted)[number]): string => join('/usr/bin', name);

const apt = (...args: readonly string[]): Promise<string> =>
  runCommand(['apt-get', ...args], {
    cwd: '/',
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: installMsMax,
  });

/**
 * Installs Debian's packages where they are missing: Alertmanager finds its templates at one fixed place only. Rejects with the
 * command to type for who is not root.
 */
export const installDebianPackages = async (tell: (line: string) => void): Promise<void> => {
  const missing = wanted.filter((name) => !existsSync(pathOf(name)));
  if (missing.length === 0) return;
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  if (process.getuid?.() !== 0) throw new Error(`first type as root: apt-get ${install.join(' ')}`);
  tell(`installing Debian's ${missing.join(' and ')} ...`);
  await apt('update');
  await apt(...install);
};

/** The installed program of this name. */
export const debianProgram = async (name: (typeof wanted)[number]): Promise<DebianProgram> => {
  const path = pathOf(name);
  // 0.25 says it on the error stream, 2.42 on the other.
  const said = await runCommand(['sh', '-c', '"$0" --version 2>&1', path], { cwd: '/', timeoutMs: installMsMax });
  return { path, version: /version (\S+?),? /.exec(said)?.[1] ?? 'of an unknown version' };
};
