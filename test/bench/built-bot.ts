import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { environmentBeside } from '../../src/demo/environment.ts';
import { type Laboratory, shopNamespace } from '../../src/lab/laboratory.ts';

/** The repository's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The kernel counts a process's time in hundredths of a second. */
const tickMs = 10;

/** The built bot in a process of its own, and what the kernel says of it. */
export interface BuiltBot {
  readonly url: string;
  readonly pid: number;
  readonly startMs: number;
  /** Megabytes now and at the highest, of the bot's own process without its FAISS worker. */
  residentMb(): number;
  peakResidentMb(): number;
  /** Processor time used so far, user and system, in ms. */
  cpuMs(): number;
  /** One of its metrics, added up over all labels; 0 when it was never counted. */
  metric(name: string, label?: string): Promise<number>;
  /** The bot's metric in its text form. */
  metricsText(): Promise<string>;
  stop(): Promise<void>;
}

const statusMb = (pid: number, field: string): number =>
  Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const cpuMsOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
};

const metricIn = (text: string, name: string, label: string): number =>
  text
    .split('\n')
    .filter((line) => line.startsWith(name) && /^[{ ]/.test(line.slice(name.length)) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);

/** Starts the built bot and waits for its word that it is ready. Its log goes to `logPath` where one is given. */
export const startBuiltBot = (
  env: Record<string, string | undefined>,
  options: { readonly nodeArgs?: readonly string[]; readonly onLine?: (record: Record<string, unknown>) => void } = {},
): Promise<BuiltBot> =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child: ChildProcess = spawn(process.execPath, [...(options.nodeArgs ?? []), 'dist/src/main.js'], {
      cwd: root,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    const died = (code: number | null): void => {
      reject(new Error(`the bot ended with code ${code}: run npm run build first`));
    };
    child.once('exit', died);
    const { stdout, pid = 0 } = child;
    if (stdout === null) return;
    createInterface({ input: stdout }).on('line', (line) => {
      const record = JSON.parse(line) as { readonly msg?: string; readonly url?: string };
      options.onLine?.(record);
      if (record.msg !== 'the bot is ready' || record.url === undefined) return;
      const { url } = record;
      const metricsText = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
      resolve({
        url,
        pid,
        startMs: performance.now() - startedMs,
        residentMb: () => statusMb(pid, 'VmRSS'),
        peakResidentMb: () => statusMb(pid, 'VmHWM'),
        cpuMs: () => cpuMsOf(pid),
        metricsText,
        metric: async (name, label = '') => metricIn(await metricsText(), `sre_${name}`, label),
        stop: async () => {
          child.removeListener('exit', died);
          child.kill('SIGTERM');
          await ended;
        },
      });
    });
  });

/** A fresh folder for a bot's data, and its environment beside this laboratory. `extra` wins. */
export const benchEnvironment = (
  lab: Laboratory,
  extra: Readonly<Record<string, string>> = {},
): { readonly dataDir: string; readonly env: Record<string, string | undefined> } => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ai4all-sre-bench-'));
  const kubeconfigPath = join(dataDir, 'kubeconfig.yaml');
  writeFileSync(kubeconfigPath, lab.cluster.kubeconfig('bot'), { mode: 0o600 });
  const address = {
    slack: lab.slack,
    kubeconfigPath,
    namespace: shopNamespace,
    prometheusUrl: lab.telemetry.prometheusUrl,
    lokiUrl: lab.telemetry.lokiUrl,
    chaosUrl: lab.chaosUrl,
  };
  return { dataDir, env: environmentBeside(address, dataDir, extra) };
};

/** Waits without sleeping through what is looked for; throws when it does not come within `msMax`. */
export const until = async <T>(look: () => Promise<T | null>, what: string, msMax = 180_000): Promise<T> => {
  const deadline = Date.now() + msMax;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${msMax / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};
