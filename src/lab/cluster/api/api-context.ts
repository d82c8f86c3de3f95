import type { PolicyAdmission } from '../admission/kyverno.ts';
import type { ApiStore } from '../create-kube-store.ts';
import type { ResourceCatalog } from './resource-catalog.ts';

/** Which log lines of which container are asked for. */
export interface LogQuery {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The last run of the container instead of the present one. */
  readonly previous: boolean;
  /** Newest lines only; undefined means all. */
  readonly tailLines: number | undefined;
  readonly sinceSeconds: number | undefined;
  readonly timestamps: boolean;
}

/** Reads a container's log as text, one line each; the kubelet's part. */
export type PodLogs = (query: LogQuery) => string;

/** What every handler of the API server works with. */
export interface ApiContext {
  readonly store: ApiStore;
  readonly catalog: ResourceCatalog;
  readonly admission: PolicyAdmission;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly podLogs: PodLogs;
  /** Five characters for `generateName`. */
  readonly nameSuffix: () => string;
}
