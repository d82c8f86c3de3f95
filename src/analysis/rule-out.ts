import type { RuledOut } from '../domain/account.ts';
import type { MetricData, Signal } from '../domain/evidence.ts';
import type { FaultName } from '../domain/fault.ts';
import { containersWhere, diedOfMemory, isHeldUp, isRecent } from './containers.ts';
import type { Reading, Scene } from './scene.ts';
import { isTrouble } from './shift.ts';
import { formatSignal } from './signal-trait.ts';
import { callersOf } from './topology.ts';

type Grounds = Pick<RuledOut, 'evidence' | 'because'>;

/** Below this share of a limit nobody calls it reached. */
const roomyMax = 0.8;

const isOrdinary = (reading: Reading | undefined): reading is Reading =>
  reading !== undefined && reading.shift.standing !== 'unknown' && !isTrouble(reading.data.signal, reading.shift);

const runs = (scene: Scene, workload: string): Grounds | null => {
  const state = scene.state(workload);
  if (state === undefined || state.data.pods.length === 0) return null;
  return containersWhere(state.data, isHeldUp).length > 0
    ? null
    : { evidence: [state.id], because: 'all containers run, each with its image' };
};

const keepsRunning = (scene: Scene, workload: string): Grounds | null => {
  const state = scene.state(workload);
  if (state === undefined || runs(scene, workload) === null) return null;
  const ended = containersWhere(
    state.data,
    (container) =>
      diedOfMemory(container) ||
      (container.lastTermination !== undefined && isRecent(scene, container.lastTermination.at)),
  );
  return ended.length > 0 ? null : { evidence: [state.id], because: 'no container ended since the trouble began' };
};

const hasReplicas = (scene: Scene, workload: string): Grounds | null => {
  const state = scene.state(workload);
  if (state === undefined || state.data.replicas === 0 || state.data.ready < state.data.replicas) return null;
  return { evidence: [state.id], because: `${state.data.ready} of ${state.data.replicas} replicas are ready` };
};

const isFound = (scene: Scene, workload: string): Grounds | null => {
  const services = scene.services(workload);
  if (services.length === 0) return null;
  if (services.some(({ data }) => data.ready === 0 || !data.matches.includes(workload))) return null;
  return { evidence: services.map(({ id }) => id), because: 'its Service leads to its ready pods' };
};

const peakOf = ({ points }: MetricData, from: string): number =>
  points
    .filter(([at]) => at * 1000 >= Date.parse(from))
    .reduce((peak, [, value]) => Math.max(peak, value), Number.NEGATIVE_INFINITY);

const hasRoom =
  (signal: Signal, what: string) =>
  (scene: Scene, workload: string): Grounds | null => {
    const reading = scene.reading(workload, signal);
    const limit = reading?.data.limit;
    if (reading === undefined || limit === undefined || limit <= 0) return null;
    const peak = peakOf(reading.data, scene.context.window.from);
    if (!Number.isFinite(peak) || peak > roomyMax * limit) return null;
    const words = `${what} stayed at or below ${formatSignal(signal, peak)} of ${formatSignal(signal, limit)}`;
    return { evidence: [reading.id], because: words };
  };

const isReached = (scene: Scene, workload: string): Grounds | null => {
  const waits = callersOf(scene.topology, workload)
    .map((caller) => scene.edge(caller, workload, 'latency_p99'))
    .filter((reading) => reading !== undefined);
  return waits.length === 0 || !waits.every(isOrdinary)
    ? null
    : { evidence: waits.map(({ id }) => id), because: 'those who call it wait for it as long as before' };
};

const answersWell = (scene: Scene, workload: string): Grounds | null => {
  const errors = scene.reading(workload, 'error_ratio');
  return isOrdinary(errors) ? { evidence: [errors.id], because: 'it fails no more often than before' } : null;
};

/** What evidence can dismiss about a workload, by fault; the order is that in which an engineer would ask. */
const questions: readonly (readonly [FaultName, (scene: Scene, workload: string) => Grounds | null])[] = [
  ['bad-image', runs],
  ['crash-loop', keepsRunning],
  ['scaled-to-zero', hasReplicas],
  ['selector-drift', isFound],
  ['memory-limit', hasRoom('memory_working_set', 'memory')],
  ['cpu-saturation', hasRoom('cpu_usage', 'CPU')],
  ['connection-exhaustion', hasRoom('connections', 'connections')],
  ['network-delay', isReached],
  ['code-fault', answersWell],
];

/** The faults that the evidence shows not to be at this workload. What was not measured is not dismissed. */
export const faultsRuledOut = (scene: Scene, workload: string): readonly RuledOut[] =>
  questions.flatMap(([fault, ask]) => {
    const grounds = ask(scene, workload);
    return grounds === null ? [] : [{ workload, fault, ...grounds }];
  });

/** The workload as a whole dismissed: its replicas are ready and none of its own signals is in trouble; null when that cannot be said. */
export const workloadRuledOut = (scene: Scene, workload: string): RuledOut | null => {
  const ready = hasReplicas(scene, workload);
  const steady = keepsRunning(scene, workload);
  const own = scene.readings.filter(({ data }) => data.edge === undefined && data.workload === workload);
  if (ready === null || steady === null || own.length === 0 || !own.every(isOrdinary)) return null;
  const errors = own.find(({ data }) => data.signal === 'error_ratio');
  return {
    workload,
    evidence: [...new Set([...ready.evidence, ...(errors === undefined ? [] : [errors.id])])],
    because: `${ready.because}, and its signals are ordinary`,
  };
};

/** That those who call a workload do not suffer from it, where they are measured; null when they do or are not. */
export const calmCallers = (scene: Scene, workload: string): Grounds | null => {
  const felt = callersOf(scene.topology, workload).map(
    (caller) => scene.edge(caller, workload, 'error_ratio') ?? scene.reading(caller, 'error_ratio'),
  );
  const measured = felt.filter((reading) => reading !== undefined);
  const slow = isReached(scene, workload);
  if (measured.length === 0 || !measured.every(isOrdinary) || slow === null) return null;
  return {
    evidence: [...measured.map(({ id }) => id), ...slow.evidence],
    because: 'its callers do not suffer from it so far; it is proven by what was seen of itself',
  };
};
