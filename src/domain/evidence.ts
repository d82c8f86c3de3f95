import type { Instant, Json } from './json.ts';
import type {
  AddressSetting,
  ContainerPort,
  Placement,
  ProbeSpec,
  Reference,
  RolloutStrategy,
} from './pod-template.ts';
import type { Condition, SurroundingData } from './surroundings.ts';
import type { TraceData } from './trace.ts';
import type { ObjectRef, WorkloadRef } from './workload.ts';

/** The span of time that an observation covers. */
export interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

/** What a metric measures, in the field's words. Units: rates per second, ratios 0..1, latency ms, cpu cores, memory bytes. Retransmits are of a node. */
export type Signal =
  | 'request_rate'
  | 'error_ratio'
  | 'latency_p50'
  | 'latency_p99'
  | 'cpu_usage'
  | 'cpu_throttled_ratio'
  | 'memory_working_set'
  | 'restarts'
  | 'connections'
  | 'tcp_retransmits';

/** One bounded time series. `edge` is set when it was measured between two workloads, as the caller saw it. */
export interface MetricData {
  readonly kind: 'metric';
  readonly signal: Signal;
  readonly workload: string;
  readonly edge?: { readonly from: string; readonly to: string };
  readonly unit: string;
  /** [epoch seconds, value], oldest first, no NaN. */
  readonly points: readonly (readonly [number, number])[];
  /** The limit in the same unit, where there is one (CPU or memory limit, maximum of connections). */
  readonly limit?: number;
}

/** Log lines of one workload, grouped by template. Text is masked and bounded. */
export interface LogData {
  readonly kind: 'log';
  readonly workload: string;
  readonly patterns: readonly LogPattern[];
}

/** One log template: how often in the window, how often in the quiet window before, and one masked example. */
export interface LogPattern {
  readonly template: string;
  readonly level: 'error' | 'warning' | 'info';
  readonly count: number;
  readonly countBefore: number;
  readonly example: string;
}

/** One Kubernetes event, counted. */
export interface EventData {
  readonly kind: 'event';
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly lastSeenAt: Instant;
  readonly object: ObjectRef;
}

/** A container as its pod reports it now. */
export interface ContainerState {
  readonly name: string;
  readonly image: string;
  /** Set on init containers: they come before the others, and being ended is well for them. */
  readonly init?: boolean;
  readonly ready: boolean;
  readonly restarts: number;
  readonly state: 'running' | 'waiting' | 'terminated';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTermination?: { readonly reason: string; readonly exitCode: number; readonly at: Instant };
}

/** A pod as the API server reports it now. */
export interface PodState {
  readonly name: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly node?: string;
  readonly startedAt?: Instant;
  readonly containers: readonly ContainerState[];
  /** `PodScheduled=False` carries the scheduler's own words. */
  readonly conditions?: readonly Condition[];
}

/** One revision in a workload's rollout history, newest first in lists. */
export interface Revision {
  readonly revision: number;
  readonly name: string;
  readonly createdAt: Instant;
  readonly replicas: number;
  readonly ready: number;
  readonly images: readonly string[];
  /** Why its pods cannot be created: the API server's words from the condition ReplicaFailure. */
  readonly failure?: string;
}

/** A container of the template: what it asks for and may use (cpu in cores, memory in bytes), and how it is asked whether it is well. */
export interface ContainerResources {
  readonly name: string;
  readonly image: string;
  readonly cpuRequest?: number;
  readonly cpuLimit?: number;
  readonly memoryRequest?: number;
  readonly memoryLimit?: number;
  readonly ports?: readonly ContainerPort[];
  readonly readinessProbe?: ProbeSpec;
  readonly livenessProbe?: ProbeSpec;
  readonly startupProbe?: ProbeSpec;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
}

/**
 * A workload's present state: spec, rollout, pods and revisions. Fields that may be absent are so only where a source
 * cannot tell them; no detector may read absence as "none".
 */
export interface WorkloadData {
  readonly kind: 'workload';
  readonly workload: WorkloadRef;
  readonly replicas: number;
  readonly ready: number;
  readonly updated: number;
  readonly paused: boolean;
  readonly containers: readonly ContainerResources[];
  readonly pods: readonly PodState[];
  readonly revisions: readonly Revision[];
  /** `Available`, `Progressing` and `ReplicaFailure` of a Deployment. */
  readonly conditions?: readonly Condition[];
  readonly initContainers?: readonly ContainerResources[];
  /** Labels of the pod template: what Services and NetworkPolicies find it by. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly references?: readonly Reference[];
  readonly addresses?: readonly AddressSetting[];
  readonly placement?: Placement;
  readonly strategy?: RolloutStrategy;
}

/** One port of a Service. A named target is the name of a container's port. */
export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly target: number | string;
  readonly protocol: string;
}

/** A Service's present state and what its selector finds. */
export interface ServiceData {
  readonly kind: 'service';
  readonly service: ObjectRef;
  readonly selector: Readonly<Record<string, string>>;
  readonly ready: number;
  readonly notReady: number;
  /** Workloads whose pod template the selector matches. */
  readonly matches: readonly string[];
  /** Workloads that should be behind it: same name, or pods that the previous selector matched. */
  readonly expected: readonly string[];
  readonly ports?: readonly ServicePort[];
  readonly type?: string;
  /** `Local` keeps calls on the caller's node. */
  readonly trafficPolicy?: string;
}

/** One field-level change that the flight recorder saw. `before` or `after` is absent where the field did not exist. */
export interface FieldChange {
  readonly at: Instant;
  readonly object: ObjectRef;
  /** JSON pointer, e.g. `/spec/replicas`. */
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
  /** The managedFields manager that wrote it; `unknown` where nothing tells. */
  readonly manager: string;
  /** Set when nobody watched while it was made: it happened after this and not after `at`, and what lay between is not known. */
  readonly unwatchedSince?: Instant;
}

/** The changes of one object in one write. */
export interface ChangeData {
  readonly kind: 'change';
  readonly changes: readonly FieldChange[];
}

/** What an observation measured, typed for the detectors. */
export type EvidenceData =
  | MetricData
  | LogData
  | EventData
  | WorkloadData
  | ServiceData
  | ChangeData
  | SurroundingData
  | TraceData;

/**
 * One numbered observation. `outcome` tells a quiet answer (`empty`) from no answer (`unreachable`).
 * `observation` is one plain sentence for people and models; `hash` is the SHA-256 of the canonical JSON of the rest.
 */
export interface Evidence {
  readonly id: string;
  readonly kind: 'metric' | 'log' | 'event' | 'object' | 'change' | 'trace';
  /** The workload, edge (`a -> b`) or object that it speaks of. */
  readonly subject: string;
  readonly window: Window;
  /** The query or API path that can be asked again. */
  readonly query: string;
  readonly link?: string;
  readonly outcome: 'found' | 'empty' | 'unreachable';
  readonly observation: string;
  readonly data?: EvidenceData;
  readonly hash: string;
}
