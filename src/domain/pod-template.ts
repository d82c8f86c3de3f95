/** A port that a container says it listens on. */
export interface ContainerPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
  readonly hostPort?: number;
}

/** How the kubelet asks a container whether it is well. A named port stays a name. Times as the API server defaults them. */
export interface ProbeSpec {
  readonly ask: 'http' | 'tcp' | 'grpc' | 'exec';
  readonly port?: number | string;
  readonly path?: string;
  readonly command?: readonly string[];
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/**
 * An object that a pod template names. `where` says by which field, e.g. `env API_KEY of container server` or `volume settings`.
 * `unknown` means that nobody could look: that is no proof of absence.
 */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret' | 'ServiceAccount' | 'PersistentVolumeClaim';
  readonly name: string;
  readonly key?: string;
  readonly where: string;
  readonly optional: boolean;
  readonly state: 'held' | 'missing' | 'key-missing' | 'unknown';
}

/**
 * A host that a setting of the pod template names, and whether the namespace serves it: `no-service` when no Service has the name,
 * `no-port` when the Service does not offer the port, `elsewhere` when the host is not of this namespace.
 */
export interface AddressSetting {
  readonly container: string;
  /** The environment variable, or `args`. */
  readonly variable: string;
  readonly host: string;
  readonly port?: number;
  readonly state: 'served' | 'no-service' | 'no-port' | 'elsewhere';
}

/** One demand on labels, as nodeAffinity and label selectors write it. */
export interface LabelDemand {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** A taint that the pods put up with; an absent key means every taint. */
export interface Toleration {
  readonly key?: string;
  readonly operator: string;
  readonly value?: string;
  readonly effect?: string;
}

/** Where the pods may run: what the template demands of nodes and of neighbours. Only hard demands; preferences bar nobody. */
export interface Placement {
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Terms of required node affinity: one of them must hold with all its demands. */
  readonly nodeAffinity: readonly (readonly LabelDemand[])[];
  /** Terms of required anti-affinity: no such pod in the same topology. */
  readonly antiAffinity: readonly { readonly demands: readonly LabelDemand[]; readonly topologyKey: string }[];
  /** Terms of required affinity: such a pod in the same topology. */
  readonly affinity: readonly { readonly demands: readonly LabelDemand[]; readonly topologyKey: string }[];
  readonly tolerations: readonly Toleration[];
  readonly nodeName?: string;
  readonly schedulerName?: string;
  readonly priorityClass?: string;
}

/** How pods are replaced. Amounts are pods or percentages, as the spec writes them. */
export interface RolloutStrategy {
  readonly type: string;
  readonly maxSurge?: number | string;
  readonly maxUnavailable?: number | string;
}
