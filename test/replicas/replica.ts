import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

/** A bot in a process of its own, one of several. */
export interface Replica {
  /** The webhook's address; resolves when the bot is ready, rejects when it ended before. */
  readonly url: Promise<string>;
  /** The name under which it holds Leases, once it holds any. */
  identity(): string | undefined;
  isAlive(): boolean;
  /** SIGKILL: no farewell. */
  kill(): Promise<void>;
  /** Stops the whole process between two instructions, and lets it go on. */
  freeze(): void;
  thaw(): void;
}

const identityIn = (log: string): string | undefined =>
  existsSync(log) ? /"identity":"([^"]+)"/.exec(readFileSync(log, 'utf8'))?.[1] : undefined;

const readyAt = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    child.on('message', (message: { readonly url?: string }) => {
      if (message.url !== undefined) resolve(message.url);
    });
    child.once('exit', (code, signal) =>
      reject(new Error(`a replica ended with ${code ?? signal} before it was ready`)),
    );
  });

/** Starts the bundled bot with an environment; its log is the file that `CRASH_LOG` names. */
export const startReplica = (bundle: string, env: Environment): Replica => {
  const child = fork(bundle, [], { env: { PATH: process.env.PATH }, execArgv: [] });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const url = readyAt(child);
  url.catch(() => undefined); // told to whoever waits for it
  child.send({ env });
  return {
    url,
    identity: () => identityIn(env.CRASH_LOG ?? ''),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
  };
};
