import type { Context, Topology } from '../domain/context.ts';
import type {
  ChangeData,
  EventData,
  Evidence,
  EvidenceData,
  FieldChange,
  LogData,
  MetricData,
  ServiceData,
  Signal,
  WorkloadData,
} from '../domain/evidence.ts';
import type { Incident } from '../domain/incident.ts';
import type {
  AutoscalerData,
  ClaimData,
  LimitRangeData,
  MeshPolicyData,
  NodeData,
  PolicyData,
  QuotaData,
  RouteData,
  UnitData,
  VolumeData,
} from '../domain/surroundings.ts';
import type { TraceData } from '../domain/trace.ts';
import { type Shift, shiftOf } from './shift.ts';
import { firstHarmMs, suspectsFirst } from './suspects-first.ts';
import { standardThresholds, type Thresholds } from './thresholds.ts';

/** One typed observation with the id that it is cited by. */
export interface Seen<T> {
  readonly id: string;
  readonly data: T;
}

/** A metric with where it stands against its quiet window. */
export interface Reading extends Seen<MetricData> {
  readonly shift: Shift;
}

/** The context as the detectors ask for it: by workload, edge and signal. */
export interface Scene {
  readonly context: Context;
  readonly incident: Incident;
  readonly thresholds: Thresholds;
  readonly topology: Topology;
  /** Every workload that the topology or the evidence knows, sorted. */
  readonly workloads: readonly string[];
  readonly readings: readonly Reading[];
  state(workload: string): Seen<WorkloadData> | undefined;
  /** The services that ought to lead to the workload. */
  services(workload: string): readonly Seen<ServiceData>[];
  reading(workload: string, signal: Signal): Reading | undefined;
  edge(from: string, to: string, signal: Signal): Reading | undefined;
  logs(workload: string): Seen<LogData> | undefined;
  /** What traces show inside the workload. */
  trace(workload: string): Seen<TraceData> | undefined;
  /** What traces show between workloads, an entry a call edge. */
  readonly waits: readonly Seen<TraceData>[];
  events(workload: string): readonly Seen<EventData>[];
  /** What the flight recorder saw people and machines change about the workload, the bot's own writes left out; the nearest before the harm first. */
  changes(workload: string): readonly Seen<FieldChange>[];
  /** The same of one object, whosever it is. */
  changesOf(kind: string, name: string): readonly Seen<FieldChange>[];
  readonly nodes: readonly Seen<NodeData>[];
  readonly units: readonly Seen<UnitData>[];
  readonly volumes: readonly Seen<VolumeData>[];
  readonly quotas: readonly Seen<QuotaData>[];
  readonly limitRanges: readonly Seen<LimitRangeData>[];
  /** The policies that select the workload's pods. */
  policies(workload: string): readonly Seen<PolicyData>[];
  /** The claims that the workload's pods mount. */
  claims(workload: string): readonly Seen<ClaimData>[];
  readonly routes: readonly Seen<RouteData>[];
  /** The policies of a mesh that select the workload's pods. */
  meshPolicies(workload: string): readonly Seen<MeshPolicyData>[];
  /** The autoscaler of the workload. */
  autoscaler(workload: string): Seen<AutoscalerData> | undefined;
}

/** The field manager of the bot's own writes: a remedy is never a suspect. */
export const botManager = 'ai4all-sre';

/** All evidence whose data is of one kind. */
export const seenOf = <K extends EvidenceData['kind']>(
  evidence: readonly Evidence[],
  kind: K,
): readonly Seen<Extract<EvidenceData, { kind: K }>>[] =>
  evidence.flatMap(({ id, data }) =>
    data?.kind === kind ? [{ id, data: data as Extract<EvidenceData, { kind: K }> }] : [],
  );

const readingsOf = (context: Context): readonly Reading[] =>
  seenOf(context.evidence, 'metric').flatMap((seen) => {
    const shift = shiftOf(seen.data, context);
    return shift === undefined ? [] : [{ ...seen, shift }];
  });

const readingKey = (signal: Signal, workload: string, from?: string): string =>
  `${signal} ${from === undefined ? '' : `${from}>`}${workload}`;

/**
 * The workload that an object belongs to by its name: itself, its pods and replica sets, its configuration.
 * The longest name wins, so that `cart-db-0` is of `cart-db` and not of `cart`. Undefined when it is nobody's.
 */
export const ownerOf = (objectName: string, workloads: readonly string[]): string | undefined =>
  workloads
    .filter((workload) => objectName === workload || objectName.startsWith(`${workload}-`))
    .toSorted((left, right) => right.length - left.length)[0];

const flatChanges = (changes: readonly Seen<ChangeData>[]): readonly Seen<FieldChange>[] =>
  changes
    .flatMap(({ id, data }) => data.changes.map((change) => ({ id, data: change })))
    .filter(({ data }) => data.manager !== botManager);

const measuredIn = ({ evidence }: Context): readonly string[] =>
  evidence.flatMap(({ data }) => (data?.kind === 'metric' || data?.kind === 'trace' ? [data.workload] : []));

const namesIn = (context: Context, states: readonly Seen<WorkloadData>[]): readonly string[] =>
  [
    ...new Set([
      ...context.topology.workloads.map(({ name }) => name),
      ...states.map(({ data }) => data.workload.name),
      // Without an answer about the topology, who is measured is there all the same.
      ...(context.topology.workloads.length > 0 ? [] : measuredIn(context)),
    ]),
  ].toSorted((left, right) => (left < right ? -1 : 1));

/** The first of each name: a name is looked up a thousand times in a large namespace. */
const firstBy = <T>(items: readonly T[], nameOf: (item: T) => string): ReadonlyMap<string, T> => {
  const byName = new Map<string, T>();
  for (const item of items) if (!byName.has(nameOf(item))) byName.set(nameOf(item), item);
  return byName;
};

/** Whose each object is, asked once an object. */
const createOwners = (workloads: readonly string[]): ((objectName: string) => string | undefined) => {
  const owners = new Map<string, string | undefined>();
  return (objectName) => {
    if (!owners.has(objectName)) owners.set(objectName, ownerOf(objectName, workloads));
    return owners.get(objectName);
  };
};

/** What a page says, whichever the incident and the thresholds. */
type Index = Omit<Scene, 'incident' | 'thresholds'>;

const createIndex = (context: Context): Index => {
  const states = seenOf(context.evidence, 'workload');
  const services = seenOf(context.evidence, 'service');
  const logs = seenOf(context.evidence, 'log');
  const traces = seenOf(context.evidence, 'trace');
  const events = seenOf(context.evidence, 'event');
  const readings = readingsOf(context);
  const made = flatChanges(seenOf(context.evidence, 'change'));
  const changes = suspectsFirst(made, ({ data }) => data, firstHarmMs(readings, context));
  const policies = seenOf(context.evidence, 'policy');
  const claims = seenOf(context.evidence, 'claim');
  const meshPolicies = seenOf(context.evidence, 'mesh-policy');
  const autoscalers = seenOf(context.evidence, 'autoscaler');
  const byKey = new Map(
    readings.map((reading) => {
      const { signal, workload, edge } = reading.data;
      return [readingKey(signal, edge?.to ?? workload, edge?.from), reading] as const;
    }),
  );
  const workloads = namesIn(context, states);
  const stateOf = firstBy(states, ({ data }) => data.workload.name);
  const logOf = firstBy(logs, ({ data }) => data.workload);
  const traceOf = firstBy(
    traces.filter(({ data }) => data.edge === undefined),
    ({ data }) => data.workload,
  );
  const owner = createOwners(workloads);
  const servicesOf = (workload: string) => services.filter(({ data }) => data.expected.includes(workload));
  return {
    context,
    topology: context.topology,
    workloads,
    readings,
    state: (workload) => stateOf.get(workload),
    services: servicesOf,
    reading: (workload, signal) => byKey.get(readingKey(signal, workload)),
    edge: (from, to, signal) => byKey.get(readingKey(signal, to, from)),
    logs: (workload) => logOf.get(workload),
    trace: (workload) => traceOf.get(workload),
    waits: traces.filter(({ data }) => data.edge !== undefined),
    events: (workload) => events.filter(({ data }) => owner(data.object.name) === workload),
    changesOf: (kind, name) => changes.filter(({ data }) => data.object.kind === kind && data.object.name === name),
    nodes: seenOf(context.evidence, 'node'),
    units: seenOf(context.evidence, 'unit'),
    volumes: seenOf(context.evidence, 'volume'),
    quotas: seenOf(context.evidence, 'quota'),
    limitRanges: seenOf(context.evidence, 'limit-range'),
    policies: (workload) => policies.filter(({ data }) => data.selects.includes(workload)),
    claims: (workload) => claims.filter(({ data }) => data.usedBy.includes(workload)),
    routes: seenOf(context.evidence, 'route'),
    meshPolicies: (workload) => meshPolicies.filter(({ data }) => data.selects.includes(workload)),
    autoscaler: (workload) => autoscalers.find(({ data }) => data.target.name === workload),
    changes: (workload) => {
      const names = new Set(servicesOf(workload).map(({ data }) => data.service.name));
      const named = new Set(stateOf.get(workload)?.data.references?.map(({ kind, name }) => `${kind} ${name}`));
      return changes.filter(
        ({ data: { object } }) =>
          names.has(object.name) || owner(object.name) === workload || named.has(`${object.kind} ${object.name}`),
      );
    },
  };
};

/** Three specialists and the director read the same page: it is indexed once, and forgotten with the page. */
const indexes = new WeakMap<Context, Index>();

/** Indexes a context for the detectors. Total: gaps in the context are gaps in the scene. */
export const createScene = (
  context: Context,
  incident: Incident,
  thresholds: Thresholds = standardThresholds,
): Scene => {
  const index = indexes.get(context) ?? createIndex(context);
  indexes.set(context, index);
  return { ...index, incident, thresholds };
};
