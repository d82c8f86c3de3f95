import { randomUUID } from 'node:crypto';
import { createEventLog, type RecordedEvent } from './event-log.ts';
import { frozenCopy } from './frozen.ts';
import type { KubeObject } from './kube-object.ts';
import { type KubeStore, StoreError } from './kube-store.ts';
import { createObjectShelves, type ObjectShelves } from './object-shelves.ts';
import { isSameContent, type StampSource, type StoreWrite, stampWrite } from './stamp-write.ts';

/** The store with the API server's way in. */
export interface ApiStore extends KubeStore {
  /** Carries out one write, or only shows its result. Throws as the plain calls do. */
  write(request: StoreWrite): KubeObject;
  watch(listener: (event: RecordedEvent) => void): () => void;
  since(revision: number): readonly RecordedEvent[] | null;
}

/** What the store is made of. */
interface KubeStoreOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newUid?: () => string;
  /** Changes that are kept for watches that resume. */
  readonly historyMax?: number;
}

const withRevision = (object: KubeObject, revision: number | string): KubeObject =>
  frozenCopy({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } });

/** What a dry run shows: the old revision, and none for an object that does not exist. */
const preview = (before: KubeObject | undefined, after: KubeObject): KubeObject =>
  before?.metadata.resourceVersion === undefined
    ? frozenCopy(after)
    : withRevision(after, before.metadata.resourceVersion);

/** The object that a write starts from; undefined for a create. Throws StoreError when the write may not be. */
const startOf = (shelves: ObjectShelves, { plural, object, kind }: StoreWrite): KubeObject | undefined => {
  const { name, namespace, resourceVersion } = object.metadata;
  const before = shelves.get(plural, namespace ?? '', name);
  if (kind === 'create') {
    if (before !== undefined) throw new StoreError('exists', `${plural} "${name}" already exists`);
    return undefined;
  }
  if (before === undefined) throw new StoreError('missing', `${plural} "${name}" not found`);
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== before.metadata.resourceVersion) {
    throw new StoreError('conflict', `${plural} "${name}" has moved on`);
  }
  return before;
};

const hasFinalizers = (object: KubeObject | undefined): boolean =>
  Array.isArray(object?.metadata.finalizers) && object.metadata.finalizers.length > 0;

/** Whether this write took the last finalizer from an object that waits to be deleted. */
const isReleased = (before: KubeObject | undefined, after: KubeObject): boolean =>
  after.metadata.deletionTimestamp !== undefined && hasFinalizers(before) && !hasFinalizers(after);

/** Makes an empty cluster state in memory. */
export const createKubeStore = (options: KubeStoreOptions): ApiStore => {
  const source: StampSource = { now: options.now, newUid: options.newUid ?? randomUUID };
  const shelves = createObjectShelves();
  const log = createEventLog(options.historyMax ?? 20_000);

  const drop = (plural: string, object: KubeObject): KubeObject => {
    const last = withRevision(object, log.revision() + 1);
    log.append({ type: 'DELETED', resource: plural, object: last, previous: object });
    for (const owned of shelves.dependantsOf(object)) {
      if (shelves.take(owned.plural, owned.object)) drop(owned.plural, owned.object);
    }
    return last;
  };

  const write = (request: StoreWrite): KubeObject => {
    const before = startOf(shelves, request);
    const after = stampWrite(before, request, source);
    if (before !== undefined && request.applied === undefined && isSameContent(before, after)) return before;
    if (request.dryRun === true) return preview(before, after);
    const object = withRevision(after, log.revision() + 1);
    shelves.put(request.plural, object);
    const type = before === undefined ? 'ADDED' : 'MODIFIED';
    log.append({ type, resource: request.plural, object, previous: before });
    if (isReleased(before, object) && shelves.take(request.plural, object)) drop(request.plural, object);
    log.deliver();
    return object;
  };

  return {
    write,
    get: shelves.get,
    list: (plural, namespace) => {
      const all = shelves.list(plural);
      return namespace === undefined ? all : all.filter((object) => (object.metadata.namespace ?? '') === namespace);
    },
    create: (plural, object, manager) => write({ plural, object, manager, kind: 'create' }),
    update: (plural, object, manager) => write({ plural, object, manager, kind: 'update' }),
    updateStatus: (plural, object, manager) => write({ plural, object, manager, kind: 'status' }),
    remove: (plural, namespace, name) => {
      const object = shelves.get(plural, namespace, name);
      if (object === undefined) throw new StoreError('missing', `${plural} "${name}" not found`);
      shelves.take(plural, object);
      const last = drop(plural, object);
      log.deliver();
      return last;
    },
    revision: log.revision,
    watch: log.watch,
    since: log.since,
  };
};
