import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder } from './places.ts';

/** A process that was started, with all that is needed to know it again, to end it and to start it anew. */
export interface StartedProcess {
  readonly name: string;
  readonly version: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
  readonly pid: number;
  /** A pid is used again some day; with the start of its process it is not. */
  readonly startTicks: string;
}

/** Where the running cluster answers. */
export interface Addresses {
  readonly apiServer: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly kubeStateMetrics: string;
  /** The port on loopback where Alertmanager looks for the bot. */
  readonly botPort: number;
}

/** What is known of the running cluster from one command to the next. */
export interface ClusterState {
  readonly processes: readonly StartedProcess[];
  readonly addresses: Addresses | null;
}

const stateFile = join(runFolder, 'state.json');

/** Kubeconfig of somebody in system:masters. */
export const adminKubeconfig = join(runFolder, 'admin.kubeconfig');
/** Kubeconfig of the bot's service account, with a token of the API server's own making. */
export const botKubeconfig = join(runFolder, 'bot.kubeconfig');
/** What the API server was asked, a JSON object a line. */
export const auditLog = join(runFolder, 'audit.log');

/** The state of the cluster; null when none is running. */
export const readState = (): ClusterState | null =>
  existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, 'utf8')) as ClusterState) : null;

/** Keeps the state, whole or not at all. */
export const writeState = (state: ClusterState): void => {
  mkdirSync(runFolder, { recursive: true, mode: 0o700 });
  writeFileSync(`${stateFile}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(`${stateFile}.new`, stateFile);
};
