import type { KubeObject } from '../kube-object.ts';
import type { KubeStore, StoreEvent } from '../kube-store.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Timings } from './timings.ts';

/** A loop that brings one kind of object nearer to what its spec asks for. */
export interface Controller {
  readonly name: string;
  /** The keys whose objects should be looked at again because of this change. */
  keysFor(event: StoreEvent): readonly string[];
  /** Looks at one object anew and takes the next step. Returns the milliseconds until it wants to look again, if it does. */
  reconcile(key: string): number | undefined;
}

/** What every controller works with. */
export interface ControllerDeps {
  readonly store: KubeStore;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  readonly timings: Timings;
  readonly random: SeededRandom;
  readonly events: EventRecorder;
}

/** The queue key of a namespaced object. */
export const keyOf = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

/** Namespace and name of a key. */
export const parseKey = (key: string): readonly [namespace: string, name: string] => {
  const [namespace = '', name = ''] = key.split('/');
  return [namespace, name];
};
