import type { KubeObject } from '../kube-object.ts';
import type { KubeStore } from '../kube-store.ts';
import { timestampOf } from '../stamp-write.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What happened to an object, in the words that kubectl shows. */
export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Who says so: 'kubelet', 'deployment-controller', ... */
  readonly component: string;
  /** The node, when a kubelet speaks. */
  readonly host?: string;
  /** The part of the object that it is about, like `spec.containers{server}`. */
  readonly fieldPath?: string;
}

/** Writes Events: a repeated note raises the count of the first, old ones are swept away, their number is bounded. */
export interface EventRecorder {
  record(about: KubeObject, note: EventNote): void;
  /** Removes what is older than the time to live, and the oldest beyond the bound. */
  sweep(): void;
}

/** What the recorder works with. */
export interface EventRecorderDeps {
  readonly store: KubeStore;
  readonly nowMs: () => number;
  readonly random: SeededRandom;
  readonly ttlMs: number;
}

const eventsMax = 2_000;

const identityOf = (about: KubeObject, note: EventNote): string =>
  JSON.stringify([about.metadata.uid, note.component, note.reason, note.message, note.fieldPath]);

const eventAbout = (about: KubeObject, note: EventNote, at: { readonly name: string; readonly time: string }) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: at.name, namespace: about.metadata.namespace ?? 'default' },
  involvedObject: {
    apiVersion: about.apiVersion,
    kind: about.kind,
    name: about.metadata.name,
    namespace: about.metadata.namespace,
    uid: about.metadata.uid,
    resourceVersion: about.metadata.resourceVersion,
    fieldPath: note.fieldPath,
  },
  type: note.type,
  reason: note.reason,
  message: note.message,
  source: { component: note.component, host: note.host },
  reportingComponent: note.component,
  reportingInstance: note.host ?? '',
  eventTime: null,
  firstTimestamp: at.time,
  lastTimestamp: at.time,
  count: 1,
});

/** Makes a recorder that writes to the store. */
export const createEventRecorder = ({ store, nowMs, random, ttlMs }: EventRecorderDeps): EventRecorder => {
  /** Where each note was written; an event that was swept away is simply written anew. */
  const written = new Map<string, string>();

  const sweep = (): void => {
    const oldest = timestampOf(nowMs() - ttlMs);
    const lastSeen = (event: KubeObject): string => String(event.lastTimestamp ?? event.metadata.creationTimestamp);
    const byAge = [...store.list('events')].sort((left, right) => lastSeen(left).localeCompare(lastSeen(right)));
    const surplus = Math.max(0, byAge.length - eventsMax);
    const gone = byAge.filter((event, index) => index < surplus || lastSeen(event) < oldest);
    for (const event of gone) store.remove('events', event.metadata.namespace ?? '', event.metadata.name);
    const names = new Set(store.list('events').map((event) => event.metadata.name));
    for (const [identity, name] of written) if (!names.has(name)) written.delete(identity);
  };

  return {
    record: (about, note) => {
      const time = timestampOf(nowMs());
      const identity = identityOf(about, note);
      const known = store.get('events', about.metadata.namespace ?? 'default', written.get(identity) ?? '');
      if (known !== undefined) {
        store.update('events', { ...known, count: Number(known.count) + 1, lastTimestamp: time }, note.component);
        return;
      }
      const name = `${about.metadata.name}.${random.suffix(16)}`;
      written.set(identity, name);
      store.create('events', eventAbout(about, note, { name, time }), note.component);
    },
    sweep,
  };
};
