import type { ContainerJudge } from '../../world/world.ts';
import type { KubeStore, StoreEvent } from '../kube-store.ts';
import type { Controller, ControllerDeps } from './controller.ts';
import { createControllers } from './create-controllers.ts';
import { createEventRecorder } from './event-recorder.ts';
import { createSeededRandom } from './seeded-random.ts';
import { type Timer, wallTimer } from './timer.ts';
import { laboratoryTimings, type Timings } from './timings.ts';
import { createWorkQueue, type WorkQueue } from './work-queue.ts';

/** What the controllers of a cluster work with. */
export interface ControllersOptions {
  readonly store: KubeStore;
  /** Decides what becomes of containers. */
  readonly judge: ContainerJudge;
  /** Epoch milliseconds; must tell the same time as `timer`. */
  readonly nowMs: () => number;
  readonly timer?: Timer;
  readonly timings?: Partial<Timings>;
  /** The same seed gives the same pod names and pull times. */
  readonly seed?: number;
  /** Hears of errors inside a controller; the key is tried again in any case. */
  readonly onError?: (trouble: ControllerTrouble) => void;
}

/** A controller's error that was no ordinary race between writers. */
export interface ControllerTrouble {
  readonly controller: string;
  readonly key: string;
  readonly error: unknown;
}

const warn = ({ controller, key, error }: ControllerTrouble): void =>
  process.emitWarning(`the ${controller} controller stumbled over ${key}: ${String(error)}`);

/** The resources that controllers look at; the rest of the store is none of their business. */
const watched = [
  'namespaces',
  'nodes',
  'serviceaccounts',
  'services',
  'deployments',
  'replicasets',
  'pods',
  'resourcequotas',
];

/** Starts the control loops, the scheduler and the kubelets of all nodes. They work until `stop` is called. */
export const startControllers = (options: ControllersOptions): { stop(): void } => {
  const { store, judge, nowMs, timer = wallTimer, onError = warn } = options;
  const timings = { ...laboratoryTimings, ...options.timings };
  const random = createSeededRandom(options.seed ?? 1);
  const events = createEventRecorder({ store, nowMs, random, ttlMs: timings.eventTtlMs });
  const deps: ControllerDeps = { store, nowMs, timings, random, events };
  const loops = createControllers(deps, judge).map((controller): readonly [Controller, WorkQueue] => {
    const { name, reconcile } = controller;
    const queue = createWorkQueue({
      nowMs,
      timer,
      reconcile,
      onError: (key, error) => onError({ controller: name, key, error }),
    });
    return [controller, queue];
  });

  const hear = (event: StoreEvent): void => {
    for (const [controller, queue] of loops) for (const key of controller.keysFor(event)) queue.add(key);
  };
  const hearOfAll = (type: StoreEvent['type']): void => {
    for (const resource of watched) for (const object of store.list(resource)) hear({ type, resource, object });
  };
  let cancelResync = (): void => {};
  const resync = (): void => {
    events.sweep();
    hearOfAll('MODIFIED');
    cancelResync = timer(timings.resyncMs, resync);
  };

  const unwatch = store.watch(hear);
  hearOfAll('ADDED');
  cancelResync = timer(timings.resyncMs, resync);
  return {
    stop: () => {
      unwatch();
      cancelResync();
      for (const [, queue] of loops) queue.stop();
    },
  };
};
