import type { KubeObject } from '../cluster/kube-object.ts';

/** What becomes of a container when the kubelet starts it or looks at it again. The world judges; the kubelet only carries it out. */
export type ContainerFate =
  /** `readyAfterMs` is the time from start to a passing readiness probe; null when the probe can never pass. */
  | { readonly kind: 'runs'; readonly readyAfterMs: number | null }
  | { readonly kind: 'cannot-pull'; readonly message: string }
  | { readonly kind: 'cannot-create'; readonly message: string }
  /** The runtime cannot start the process at all: its command is not in the image. */
  | { readonly kind: 'cannot-start'; readonly message: string }
  | {
      readonly kind: 'exits';
      readonly afterMs: number;
      readonly exitCode: number;
      readonly reason: 'Error' | 'OOMKilled' | 'Completed';
    };

/** The seam between the kubelet and the simulated applications. */
export interface ContainerJudge {
  /** Asked at container start and on every kubelet pass while it runs. `podAgeMs` counts from the container's start. */
  judge(pod: KubeObject, containerName: string, runningForMs: number): ContainerFate;
  /** What a running container answers to a probe that is asked at `ip`; absent where nobody knows the application. */
  probe?(pod: KubeObject, containerName: string, asked: ProbeAsked): ProbeAnswer;
}

/** A probe as the kubelet carries it out: exactly one way of asking. */
export interface ProbeAsked {
  readonly httpGet?: { readonly path?: string; readonly port: number | string };
  readonly tcpSocket?: { readonly port: number | string };
  readonly grpc?: { readonly port: number };
  readonly exec?: { readonly command?: readonly string[] };
  readonly timeoutSeconds?: number;
}

/** `answered` leaves it to the application whether it is well; the others are what the prober finds instead of it. */
export type ProbeAnswer =
  | { readonly kind: 'answered' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'status'; readonly code: number }
  /** The far end speaks another protocol. */
  | { readonly kind: 'garbled' }
  /** The command cannot be run, or ends badly: what it wrote. */
  | { readonly kind: 'failed'; readonly words: string };

/** One sample as an exporter would expose it; counters only grow. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One log line as an agent would ship it to Loki. */
export interface WorldLogLine {
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch nanoseconds as a string, as Loki writes it. */
  readonly timestampNs: string;
  readonly line: string;
}

/** One span as a tracing library would export it. */
export interface WorldSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  readonly namespace: string;
  readonly workload: string;
  readonly pod: string;
  readonly operation: string;
  readonly kind: 'client' | 'server';
  /** Epoch milliseconds, not whole. */
  readonly atMs: number;
  readonly ms: number;
  readonly error: string | null;
}

/** The simulated applications: who calls whom, how busy, how slow; all of it follows from the cluster's objects and the active effects. */
export interface World extends ContainerJudge {
  /** Moves the simulation to `nowMs` (never backwards) and returns everything that exporters show then. */
  step(nowMs: number): {
    readonly samples: readonly Sample[];
    readonly logs: readonly WorldLogLine[];
    readonly spans: readonly WorldSpan[];
  };
  /** Invisible effects, as a chaos tool makes them: stress inside a pod, delay on a pod's network, a leak in a process. */
  readonly effects: Effects;
}

/** An effect sits on pods by uid, so that it dies with them, as real ones do. */
export type Effect =
  | { readonly kind: 'cpu-stress'; readonly podUids: readonly string[]; readonly cores: number }
  | {
      readonly kind: 'network-delay';
      readonly podUids: readonly string[];
      readonly peer: string;
      readonly delayMs: number;
    }
  | {
      readonly kind: 'connection-leak';
      readonly podUids: readonly string[];
      readonly peer: string;
      readonly perSecond: number;
    }
  | { readonly kind: 'memory-leak'; readonly podUids: readonly string[]; readonly bytesPerSecond: number };

/** The active effects. */
export interface Effects {
  add(effect: Effect): string;
  remove(id: string): void;
  active(): readonly (Effect & { readonly id: string })[];
}
