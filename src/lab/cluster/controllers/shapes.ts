import type { KubeMetadata } from '../kube-object.ts';

/** The parts of specs and statuses that the controllers read. Everything else is carried along untouched. */
export interface PodTemplate {
  readonly metadata?: Pick<KubeMetadata, 'labels' | 'annotations'>;
  readonly spec: PodSpec;
}

/** A pod's spec, as far as scheduler and kubelet read it. */
export interface PodSpec {
  readonly containers: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly volumes?: readonly VolumeSpec[];
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  readonly serviceAccountName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly [field: string]: unknown;
}

/** A container's spec, as far as it decides whether the container starts and is probed. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort: number;
    readonly hostPort?: number;
    readonly protocol?: string;
  }[];
  readonly env?: readonly EnvironmentVariable[];
  readonly envFrom?: readonly { readonly configMapRef?: SourceName; readonly secretRef?: SourceName }[];
  readonly resources?: ResourceNeeds;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  /** Only on init containers: 'Always' makes a sidecar of one. */
  readonly restartPolicy?: 'Always';
}

/** One environment variable and where its value comes from. */
interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly configMapKeyRef?: SourceKey; readonly secretKeyRef?: SourceKey };
}

/** A ConfigMap or a Secret by name. */
export interface SourceName {
  readonly name: string;
  readonly optional?: boolean;
}

/** One key of a ConfigMap or a Secret. */
export interface SourceKey extends SourceName {
  readonly key: string;
}

/** Requests and limits as quantities. */
interface ResourceNeeds {
  readonly requests?: Readonly<Record<string, string | number>>;
  readonly limits?: Readonly<Record<string, string | number>>;
}

/** A probe: exactly one way of asking. */
export interface Probe {
  readonly httpGet?: { readonly path?: string; readonly port: number | string };
  readonly tcpSocket?: { readonly port: number | string };
  readonly grpc?: { readonly port: number };
  readonly exec?: { readonly command?: readonly string[] };
  readonly failureThreshold?: number;
  readonly timeoutSeconds?: number;
}

/** The single keys that a volume shows, where it does not show all. */
export interface VolumeItems {
  readonly items?: readonly { readonly key: string }[];
}

/** A volume, as far as it needs an object to exist. */
interface VolumeSpec {
  readonly name: string;
  readonly configMap?: SourceName & VolumeItems;
  readonly secret?: VolumeItems & { readonly secretName: string; readonly optional?: boolean };
}

/** A taint that a pod puts up with. */
export interface Toleration {
  readonly key?: string;
  readonly operator?: 'Exists' | 'Equal';
  readonly value?: string;
  readonly effect?: string;
}

/** What repels pods from a node. */
export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** One condition of a Deployment or a pod. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly lastUpdateTime?: string;
  readonly lastProbeTime?: null;
}
