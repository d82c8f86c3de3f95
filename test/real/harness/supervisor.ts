import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readState, type StartedProcess, writeState } from './cluster-state.ts';
import { runFolder } from './places.ts';
import { startTicksOf } from './process-identity.ts';

/** What is to be started. */
export interface ProcessPlan {
  readonly name: string;
  readonly version: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asked again and again until it says yes. */
  readonly ready: () => Promise<boolean>;
}

/** A loaded machine starts slowly; one that has not started by then never will. */
const readyMsMax = 180_000;
const lookEveryMs = 100;
const farewellMs = 15_000;
const tailLines = 25;

const isAlive = ({ pid, startTicks }: StartedProcess): boolean => startTicksOf(pid) === startTicks;

/** The end of a process' log, for a person to read. */
const tailOf = (log: string): string => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-tailLines).join('\n');

const failed = ({ name, log }: StartedProcess, why: string): Error =>
  new Error(`${name} ${why}. The end of ${log}:\n${tailOf(log)}`);

const note = (started: StartedProcess): void => {
  const state = readState() ?? { processes: [], addresses: null };
  const others = state.processes.filter(({ name }) => name !== started.name);
  writeState({ ...state, processes: [...others, started] });
};

const launch = (plan: Omit<ProcessPlan, 'ready'>): StartedProcess => {
  const { name, version, command, args, env = {} } = plan;
  const log = join(runFolder, `${name}.log`);
  mkdirSync(runFolder, { recursive: true, mode: 0o700 });
  const file = openSync(log, 'a', 0o600);
  // In a group of its own, so that it outlives this command and can be ended with all its children.
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', file, file],
    cwd: runFolder,
    env: { ...process.env, ...env },
  });
  closeSync(file);
  child.on('error', () => undefined);
  child.unref();
  const { pid } = child;
  const startTicks = pid === undefined ? null : startTicksOf(pid);
  if (pid === undefined || startTicks === null) throw new Error(`${name} could not be started: ${command}`);
  const started = { name, version, command, args, env, log, pid, startTicks };
  note(started);
  return started;
};

const untilReady = async (started: StartedProcess, ready: () => Promise<boolean>): Promise<void> => {
  for (const deadline = Date.now() + readyMsMax; ; await pause(lookEveryMs)) {
    if (!isAlive(started)) throw failed(started, 'has ended');
    if (await ready().catch(() => false)) return;
    if (Date.now() >= deadline) throw failed(started, `was not ready within ${readyMsMax / 1_000} s`);
  }
};

/** Starts a process and resolves when it is ready, with the time that took. Rejects with the end of its log when it fails. */
export const startProcess = async ({ ready, ...plan }: ProcessPlan): Promise<number> => {
  const beganMs = Date.now();
  const started = launch(plan);
  await untilReady(started, ready);
  return Date.now() - beganMs;
};

/** The process of this name, as it was started. */
export const processNamed = (name: string): StartedProcess => {
  const found = readState()?.processes.find((process) => process.name === name);
  if (found === undefined) throw new Error(`${name} is not running: npm run real:up`);
  return found;
};

const signal = (target: StartedProcess, name: NodeJS.Signals): void => {
  try {
    if (isAlive(target)) process.kill(-target.pid, name);
  } catch {
    // It ended in this very moment.
  }
};

/** Ends a process and its children: kindly, and by force when it does not listen. Resolves when it is gone. */
export const endProcess = async (
  target: StartedProcess,
  first: NodeJS.Signals = 'SIGTERM',
  patienceMs = farewellMs,
): Promise<void> => {
  signal(target, first);
  for (const deadline = Date.now() + patienceMs; isAlive(target) && Date.now() < deadline; ) await pause(20);
  signal(target, 'SIGKILL');
  while (isAlive(target)) await pause(20);
};

/** Starts a process of the cluster again just as it was. Resolves when `ready` says so. */
export const restartProcess = (name: string, ready: () => Promise<boolean>): Promise<number> =>
  startProcess({ ...processNamed(name), ready });

/** Names of what was started and is no longer there. */
export const deadProcesses = (): readonly string[] =>
  (readState()?.processes ?? []).filter((started) => !isAlive(started)).map(({ name }) => name);

/** Ends all that was started, the last first. */
export const endAllProcesses = async (): Promise<void> => {
  for (const started of [...(readState()?.processes ?? [])].reverse()) await endProcess(started);
};
