import type { ContainerFate, ProbeAnswer } from '../../../world/world.ts';
import type { EventNote } from '../event-recorder.ts';
import type { ContainerSpec, PodSpec, Probe } from '../shapes.ts';
import type { Timings } from '../timings.ts';

/** How a container ended. Instants in epoch milliseconds. */
export interface Termination {
  readonly exitCode: number;
  readonly reason: 'Error' | 'OOMKilled' | 'Completed' | 'StartError';
  /** Why it could not be started at all. */
  readonly message?: string;
  readonly startedMs: number;
  readonly finishedMs: number;
}

/** Where a container stands, and when it wants to be looked at next. */
export type Stage =
  | { readonly kind: 'waiting'; readonly untilMs: number }
  | { readonly kind: 'pulling'; readonly startedMs: number; readonly failedBefore?: string; readonly untilMs: number }
  | { readonly kind: 'pull-failed'; readonly message: string; readonly untilMs: number }
  | { readonly kind: 'pull-back-off'; readonly message: string; readonly untilMs: number }
  | { readonly kind: 'refused'; readonly message: string; readonly untilMs: number }
  | RunningStage
  | { readonly kind: 'terminated'; readonly untilMs: number }
  | { readonly kind: 'crash-back-off'; readonly backOffMs: number; readonly untilMs: number }
  | { readonly kind: 'finished'; readonly untilMs: number };

/** A container that runs; `saidMs` is when a failing probe was last reported. */
export interface RunningStage {
  readonly kind: 'running';
  readonly startedMs: number;
  readonly ready: boolean;
  readonly saidMs: number;
  readonly untilMs: number;
}

/** Everything that the kubelet remembers of one container. */
export interface ContainerRuntime {
  readonly stage: Stage;
  readonly restarts: number;
  /** The next back-offs in milliseconds; 0 means that the next restart comes at once. */
  readonly pullBackOffMs: number;
  readonly crashBackOffMs: number;
  /** The newest termination and the one before it. */
  readonly last?: Termination | undefined;
  readonly previous?: Termination | undefined;
}

/** What a container sees of its pod, its node and the world at one moment. */
export interface ContainerSite {
  readonly spec: ContainerSpec;
  readonly restartPolicy: NonNullable<PodSpec['restartPolicy']>;
  /** Names the pod as the kubelet's messages do: `name_namespace(uid)`. */
  readonly podTitle: string;
  readonly podIp: string;
  readonly nowMs: number;
  readonly timings: Timings;
  /** A fresh pull duration in milliseconds, and the size of the image in bytes. */
  readonly pullMs: () => number;
  readonly imageBytes: () => number;
  readonly hasImage: () => boolean;
  readonly keepImage: () => void;
  readonly judge: (runningForMs: number) => ContainerFate;
  /** What the running container answers to a probe; undefined when nobody knows the application. */
  readonly ask: (probe: Probe) => ProbeAnswer | undefined;
  /** What the container's environment names in vain. */
  readonly missing: () => string | undefined;
  readonly say: (note: Pick<EventNote, 'type' | 'reason' | 'message'>) => void;
}

/** A container that nobody has looked at yet. */
export const freshRuntime = (timings: Timings): ContainerRuntime => ({
  stage: { kind: 'waiting', untilMs: 0 },
  restarts: 0,
  pullBackOffMs: timings.pullBackOffMsMin,
  crashBackOffMs: 0,
});

/** Doubles a back-off within its bound. */
export const doubled = (backOffMs: number, maxMs: number): number => Math.min(maxMs, backOffMs * 2);
