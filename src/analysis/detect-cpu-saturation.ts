import type { WorkloadData } from '../domain/evidence.ts';
import { bySignals, confidence } from './confidence.ts';
import { becauseOf, changeOf, containersWhere } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Reading, Scene, Seen } from './scene.ts';
import { isTrouble } from './shift.ts';
import { formatSignal } from './signal-trait.ts';

const nearLimit = 0.85;
const throttledMin = 0.25;

/** The cores that the workload's ready pods may use together, where every container has a limit. */
const coresAllowed = (state: Seen<WorkloadData> | undefined): number | undefined => {
  const limits = state?.data.containers.map(({ cpuLimit }) => cpuLimit) ?? [];
  if (state === undefined || limits.length === 0 || limits.includes(undefined)) return undefined;
  return limits.reduce<number>((sum, limit) => sum + (limit ?? 0), 0) * Math.max(1, state.data.ready);
};

const isAtLimit = (usage: Reading | undefined, limit: number | undefined): usage is Reading =>
  usage !== undefined && limit !== undefined && limit > 0 && usage.shift.now >= nearLimit * limit;

const isThrottled = (throttling: Reading | undefined): throttling is Reading =>
  throttling !== undefined && throttling.shift.now >= throttledMin && throttling.shift.standing === 'high';

const slowed = (scene: Scene, workload: string): Reading | undefined =>
  (['latency_p99', 'latency_p50'] as const)
    .map((signal) => scene.reading(workload, signal))
    .find((reading) => reading !== undefined && isTrouble(reading.data.signal, reading.shift));

// A container that is pulled, created or crashing burns CPU for another reason.
const isStarting = (state: Seen<WorkloadData> | undefined): boolean =>
  state !== undefined && containersWhere(state.data, ({ state: phase }) => phase !== 'running').length > 0;

const throttlingInWords = (throttling: Reading): string =>
  `, throttled in ${formatSignal('cpu_throttled_ratio', throttling.shift.now)} of its periods,`;

const usageInWords = (usage: Reading | undefined, limit: number | undefined): string => {
  if (usage === undefined) return 'is throttled';
  const allowed = limit === undefined ? '' : ` of ${formatSignal('cpu_usage', limit)} allowed`;
  return `uses ${formatSignal('cpu_usage', usage.shift.now)}${allowed}`;
};

/** The workload uses all the CPU it may have while its load is ordinary. More load than usual makes it a mere hint. */
export const cpuSaturation: Detector = {
  fault: 'cpu-saturation',
  detect(scene, workload) {
    const state = scene.state(workload);
    const usage = scene.reading(workload, 'cpu_usage');
    const throttling = scene.reading(workload, 'cpu_throttled_ratio');
    const limit = usage?.data.limit ?? coresAllowed(state);
    const atLimit = isAtLimit(usage, limit) && usage.shift.standing !== 'ordinary';
    const throttled = isThrottled(throttling);
    if ((!atLimit && !throttled) || isStarting(state)) return null;
    const slow = slowed(scene, workload);
    const load = scene.reading(workload, 'request_rate');
    const surge = load?.shift.standing === 'high';
    const change = changeOf(scene, workload, ({ path }) => /\/resources(\/limits)?(\/cpu)?$/.test(path));
    const signals = [atLimit, throttled, slow !== undefined].filter(Boolean).length;
    const loadInWords = surge ? 'under a raised load' : 'while its load is ordinary';
    return hypothesisOf({
      cause: { workload, fault: 'cpu-saturation' },
      confidence: surge ? confidence.hint : bySignals(signals),
      evidence: [
        atLimit ? usage.id : undefined,
        throttled ? throttling.id : undefined,
        slow?.id,
        change?.id,
        surge ? undefined : load?.id,
      ],
      against: [surge ? load?.id : undefined],
      reasoning: `${workload} ${usageInWords(usage, limit)}${throttled ? throttlingInWords(throttling) : ''} ${loadInWords}${becauseOf(scene, change)}`,
    });
  },
};
