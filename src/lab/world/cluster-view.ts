import type { KubeObject } from '../cluster/kube-object.ts';
import type { KubeStore } from '../cluster/kube-store.ts';
import { type Environment, envOf, type Sources, sourcesIn } from './environment.ts';
import { listenPortOf, listensAt } from './listening.ts';
import { type NetworkRules, networkRulesOf } from './network-policies.ts';
import { profiles } from './profiles.ts';
import { readQuantity } from './quantity.ts';
import { hashUnit } from './random.ts';

/** What the simulation needs of one pod. */
export interface PodView {
  readonly uid: string;
  readonly name: string;
  /** The Deployment that selects it; its `app` label when none does. */
  readonly workload: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Its application container. */
  readonly container: string;
  readonly running: boolean;
  /** When its present run began; empty while it does not run. */
  readonly startedAt: string;
  /** In the endpoints of the Services that select it. */
  readonly ready: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly cpuLimitCores: number | null;
  readonly memoryLimitBytes: number | null;
  readonly object: KubeObject;
}

/** Where an address leads: to ready pods, or to a dial that fails. `hangs` when nothing answers, not even with a refusal. */
type Resolution =
  | {
      readonly kind: 'pods';
      readonly pods: readonly [PodView, ...PodView[]];
      readonly address: string;
      readonly port: number;
    }
  | { readonly kind: 'fails'; readonly address: string; readonly trouble: string; readonly hangs: boolean };

/** The cluster at one revision, as the applications meet it. */
export interface ClusterView {
  readonly revision: number;
  readonly pods: readonly PodView[];
  readonly deployments: readonly KubeObject[];
  podsOf(workload: string): readonly PodView[];
  /** Who may reach whom, by the NetworkPolicies. */
  readonly network: NetworkRules;
  hasService(host: string): boolean;
  /** Resolves `host:port` as DNS and kube-proxy would. */
  resolve(address: string): Resolution;
}

interface RawContainer extends Environment {
  readonly name: string;
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly resources?: { readonly limits?: Readonly<Record<string, unknown>> };
}

type Labels = Readonly<Record<string, string>>;

const selects = (selector: Labels | undefined, labels: Labels): boolean => {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
};

/** The container with the application in it: sidecars of the mesh are not. */
const appContainerOf = (pod: KubeObject): RawContainer | undefined => {
  const containers: readonly RawContainer[] = pod.spec?.containers ?? [];
  return containers.find((container) => container.name !== 'linkerd-proxy');
};

const isReady = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  (pod.status?.conditions ?? []).some(
    (condition: { type: string; status: string }) => condition.type === 'Ready' && condition.status === 'True',
  );

/** When the container's present run began; null while it does not run. Without a status, a ready pod runs. */
const runningSince = (pod: KubeObject, container: string): string | null => {
  const status = (pod.status?.containerStatuses ?? []).find(
    (candidate: { name: string }) => candidate.name === container,
  );
  if (status === undefined) return isReady(pod) ? '' : null;
  return status.state?.running === undefined
    ? null
    : `${status.restartCount ?? 0} ${status.state.running.startedAt ?? ''}`;
};

/** The Deployment that a pod belongs to, by labels; falls back to the pod's `app` label, then to its name. */
const workloadOf = (pod: KubeObject, deployments: readonly KubeObject[]): string => {
  const labels = pod.metadata.labels ?? {};
  const owner = deployments.find((deployment) => selects(deployment.spec?.selector?.matchLabels, labels));
  return owner?.metadata.name ?? labels.app ?? pod.metadata.name;
};

/** Reads one pod; `deployments` say which workload it is of, `sources` hold what its environment names. */
export const viewPod = (pod: KubeObject, deployments: readonly KubeObject[], sources: Sources): PodView => {
  const container = appContainerOf(pod);
  const limits = container?.resources?.limits;
  const name = container?.name ?? '';
  const startedAt = runningSince(pod, name);
  const running = startedAt !== null;
  return {
    uid: pod.metadata.uid ?? pod.metadata.name,
    name: pod.metadata.name,
    workload: workloadOf(pod, deployments),
    labels: pod.metadata.labels ?? {},
    container: name,
    running,
    startedAt: startedAt ?? '',
    ready: running && isReady(pod),
    env: envOf(container, sources),
    args: [...(container?.command ?? []), ...(container?.args ?? [])],
    ports: (container?.ports ?? []).map((port) => ({ name: port.name ?? '', port: port.containerPort })),
    cpuLimitCores: readQuantity(limits?.cpu),
    memoryLimitBytes: readQuantity(limits?.memory),
    object: pod,
  };
};

const clusterAddress = (service: KubeObject): string => {
  const given: unknown = service.spec?.clusterIP;
  if (typeof given === 'string' && given !== '' && given !== 'None') return given;
  const place = Math.floor(hashUnit(service.metadata.name) * 65_000);
  return `10.96.${Math.floor(place / 255)}.${1 + (place % 254)}`;
};

/** Splits `host:port`; a long DNS name of a Service counts as its first label. Null when there is no numeric port. */
export const parseAddress = (address: string): { readonly host: string; readonly port: number } | null => {
  const match = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?):(\d{1,5})$/i.exec(address.trim());
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535) return null;
  return { host: (match[1] ?? '').split('.')[0] ?? '', port };
};

/** A Service forwards the protocol that it names; the shop's applications all speak over TCP. */
const isOffered = (candidate: { readonly port: number; readonly protocol?: string }, port: number): boolean =>
  candidate.port === port && (candidate.protocol ?? 'TCP') === 'TCP';

const resolveIn = (services: readonly KubeObject[], pods: readonly PodView[], address: string): Resolution => {
  const target = parseAddress(address);
  const service = services.find((candidate) => candidate.metadata.name === target?.host);
  if (target === null || service === undefined) {
    const trouble = `lookup ${target?.host ?? address} on 10.96.0.10:53: no such host`;
    return { kind: 'fails', address, trouble, hangs: false };
  }
  const cluster = `${clusterAddress(service)}:${target.port}`;
  const port = (service.spec?.ports ?? []).find((candidate: { port: number; protocol?: string }) =>
    isOffered(candidate, target.port),
  );
  if (port === undefined) return { kind: 'fails', address: cluster, trouble: 'i/o timeout', hangs: true };
  const goal: unknown = port.targetPort ?? target.port;
  const [first, ...others] = pods.filter(
    (pod) => pod.ready && selects(service.spec?.selector, pod.labels) && listensAt(pod, goal),
  );
  if (first === undefined) {
    return { kind: 'fails', address: cluster, trouble: 'connect: connection refused', hangs: false };
  }
  return { kind: 'pods', pods: [first, ...others], address: cluster, port: listenPortOf(first) ?? target.port };
};

const readClusterView = (store: KubeStore, namespace: string): ClusterView => {
  const deployments = store.list('deployments', namespace);
  const services = store.list('services', namespace);
  const sources = sourcesIn(store, namespace);
  const namespaceLabels = store.get('namespaces', '', namespace)?.metadata.labels ?? {};
  const pods = store
    .list('pods', namespace)
    .map((pod) => viewPod(pod, deployments, sources))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const resolved = new Map<string, Resolution>();
  return {
    revision: store.revision(),
    pods,
    deployments,
    podsOf: (workload) => pods.filter((pod) => pod.workload === workload),
    network: networkRulesOf(store.list('networkpolicies', namespace), namespaceLabels),
    hasService: (host) => services.some((service) => service.metadata.name === host),
    resolve: (address) => {
      const known = resolved.get(address) ?? resolveIn(services, pods, address);
      resolved.set(address, known);
      return known;
    },
  };
};

/** Shows the cluster as it is now; the same view for as long as no object changes. */
export const createClusterViewer = (store: KubeStore, namespace: string): (() => ClusterView) => {
  let view = readClusterView(store, namespace);
  return () => {
    if (view.revision !== store.revision()) view = readClusterView(store, namespace);
    return view;
  };
};

/** The Online Boutique workloads that call this one. */
export const callersOf = (workload: string): readonly string[] =>
  Object.entries(profiles)
    .filter(([, profile]) => profile.dependencies[workload] !== undefined)
    .map(([caller]) => caller);
