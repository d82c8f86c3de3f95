import type { Instant } from './json.ts';
import type { LabelDemand } from './pod-template.ts';
import type { ObjectRef } from './workload.ts';

/** One condition as an object's status states it. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly since?: Instant;
}

/** What repels pods from a node. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** A node's present state. Amounts are what pods may ask for: cores and bytes. */
export interface NodeData {
  readonly kind: 'node';
  readonly name: string;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  readonly taints: readonly Taint[];
  readonly labels: Readonly<Record<string, string>>;
  readonly allocatable: { readonly cpu?: number; readonly memory?: number; readonly pods?: number };
  readonly conditions: readonly Condition[];
  /** When its kubelet last renewed the node's lease; absent where nobody could look. */
  readonly heartbeatAt?: Instant;
}

/** One rule of a NetworkPolicy. `peers` undefined means anybody; `ports` undefined means every port. */
export interface PolicyRule {
  readonly peers?: readonly PolicyPeer[];
  readonly ports?: readonly { readonly port?: number | string; readonly endPort?: number; readonly protocol: string }[];
}

/** Who a rule lets through. `workloads` are those of the namespace whose pods it means. */
export interface PolicyPeer {
  readonly workloads: readonly string[];
  /** Set when it also means pods of other namespaces or addresses outside. */
  readonly beyond?: string;
}

/** A NetworkPolicy: whose pods it isolates, in which directions, and who is let through. */
export interface PolicyData {
  readonly kind: 'policy';
  readonly policy: ObjectRef;
  readonly createdAt?: Instant;
  readonly selector: readonly LabelDemand[];
  /** Workloads of the namespace whose pods it selects. */
  readonly selects: readonly string[];
  /** Undefined: it does not isolate in this direction. Empty: it lets nobody through. */
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

/** A ResourceQuota: what the namespace may use of each resource and what it uses, in cores, bytes or counts. */
export interface QuotaData {
  readonly kind: 'quota';
  readonly quota: ObjectRef;
  readonly createdAt?: Instant;
  readonly resources: readonly { readonly name: string; readonly hard: number; readonly used?: number }[];
}

/** A LimitRange: the bounds that admission holds containers, pods or claims to, in cores or bytes. */
export interface LimitRangeData {
  readonly kind: 'limit-range';
  readonly range: ObjectRef;
  readonly createdAt?: Instant;
  readonly bounds: readonly {
    /** `Container`, `Pod` or `PersistentVolumeClaim`. */
    readonly type: string;
    readonly resource: string;
    readonly min?: number;
    readonly max?: number;
    readonly default?: number;
    readonly defaultRequest?: number;
    readonly maxRatio?: number;
  }[];
}

/** A PersistentVolumeClaim and what it asks for. */
export interface ClaimData {
  readonly kind: 'claim';
  readonly claim: ObjectRef;
  readonly phase: string;
  readonly storageClass?: string;
  readonly accessModes: readonly string[];
  readonly requestedBytes?: number;
  /** Labels that a volume must carry to be taken. */
  readonly selector?: readonly LabelDemand[];
  readonly volume?: string;
  /** Workloads whose pods mount it. */
  readonly usedBy: readonly string[];
}

/** A PersistentVolume: what it offers, and to whom it is bound or kept. */
export interface VolumeData {
  readonly kind: 'volume';
  readonly name: string;
  /** `Available`, `Bound`, `Released` or `Failed`. */
  readonly phase: string;
  readonly storageClass?: string;
  readonly accessModes: readonly string[];
  readonly capacityBytes?: number;
  readonly labels: Readonly<Record<string, string>>;
  /** The claim that it is bound to or still kept for, `namespace/name`. */
  readonly claim?: string;
}

/** A system service of a node (kubelet, containerd, kube-proxy, kube-scheduler) as its init system reports it. */
export interface UnitData {
  readonly kind: 'unit';
  readonly node: string;
  readonly unit: string;
  readonly active: boolean;
}

/** A HorizontalPodAutoscaler: whom it scales between which bounds, and what it says of itself. */
export interface AutoscalerData {
  readonly kind: 'autoscaler';
  readonly autoscaler: ObjectRef;
  readonly target: { readonly kind: string; readonly name: string };
  readonly min: number;
  readonly max: number;
  readonly current?: number;
  readonly desired?: number;
  /** `AbleToScale`, `ScalingActive` and `ScalingLimited`. */
  readonly conditions: readonly Condition[];
}

/** Where a route sends one host and path, and whether the namespace serves that. */
export interface RouteBackend {
  readonly host?: string;
  readonly path?: string;
  readonly service: string;
  readonly port?: number | string;
  readonly state: 'served' | 'no-service' | 'no-port';
}

/** An Ingress, or a route of a gateway. Backends in other namespaces, or that are no Services, are left out. */
export interface RouteData {
  readonly kind: 'route';
  readonly route: ObjectRef;
  readonly createdAt?: Instant;
  readonly backends: readonly RouteBackend[];
}

/** A policy of a service mesh that keeps some calls from the workloads that it selects. One that keeps none is left out. */
export interface MeshPolicyData {
  readonly kind: 'mesh-policy';
  readonly policy: ObjectRef;
  readonly createdAt?: Instant;
  /** Workloads of the namespace whose pods it selects. */
  readonly selects: readonly string[];
  readonly effect: 'denies-all' | 'denies-some' | 'admits-some' | 'demands-mtls';
}

/** What workloads depend on beside themselves. */
export type SurroundingData =
  | NodeData
  | PolicyData
  | QuotaData
  | LimitRangeData
  | ClaimData
  | VolumeData
  | UnitData
  | AutoscalerData
  | RouteData
  | MeshPolicyData;
