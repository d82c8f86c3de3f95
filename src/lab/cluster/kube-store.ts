import type { KubeObject } from './kube-object.ts';

/** Names one kind the way URLs do: group ('' for core), version, plural. */
export interface ResourceName {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** One change, as watches and controllers see it. The object is the state after it (before it, for DELETED). */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: string;
  readonly object: KubeObject;
}

/**
 * The cluster's state in memory, shared by the API server (which adds admission, audit and wire forms), the controllers,
 * the kubelet and the simulated world (which read and write it directly, as cluster components). `plural` alone names a kind
 * ('pods', 'deployments'), because the laboratory has no two groups with the same plural. All calls are synchronous;
 * objects are frozen, so a reader may keep them. Writes bump a global resourceVersion and notify watchers after the write.
 */
export interface KubeStore {
  get(plural: string, namespace: string, name: string): KubeObject | undefined;
  list(plural: string, namespace?: string): readonly KubeObject[];
  /** Fills uid, resourceVersion, generation and creationTimestamp. Throws StoreError `exists`. */
  create(plural: string, object: KubeObject, manager: string): KubeObject;
  /** Replaces spec and metadata (status is kept); bumps generation when the spec changed. Throws `missing`, or `conflict` on a stale resourceVersion (absent means: do not check). */
  update(plural: string, object: KubeObject, manager: string): KubeObject;
  /** Replaces status only. Same errors. */
  updateStatus(plural: string, object: KubeObject, manager: string): KubeObject;
  /** Removes the object and, by owner references, what it owns. Throws `missing`. */
  remove(plural: string, namespace: string, name: string): KubeObject;
  /** Newest resourceVersion. */
  revision(): number;
  /** Calls back for every change from now on. Returns the way to stop. */
  watch(listener: (event: StoreEvent) => void): () => void;
  /** Changes after a resourceVersion, for watch resumption; null when they are no longer kept (410 Gone). */
  since(revision: number): readonly StoreEvent[] | null;
}

/** Why the store refused. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: 'exists' | 'missing' | 'conflict';

  constructor(code: 'exists' | 'missing' | 'conflict', message: string) {
    super(message);
    this.code = code;
  }
}
