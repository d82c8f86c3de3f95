import type { WorkloadData } from '../domain/evidence.ts';
import { blameOf } from './blame-waits.ts';
import { bySignals, confidence } from './confidence.ts';
import { becauseOf, changeOf, containersWhere } from './containers.ts';
import { type CpuStrain, cpuStrainOf } from './cpu-strain.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { heldTrouble } from './held-level.ts';
import type { Reading, Scene, Seen } from './scene.ts';
import { formatSignal } from './signal-trait.ts';

const throttledMin = 0.25;

const isThrottled = (throttling: Reading | undefined): throttling is Reading =>
  throttling !== undefined && throttling.shift.now >= throttledMin && throttling.shift.standing === 'high';

const slowed = (scene: Scene, workload: string): string | undefined =>
  (['latency_p99', 'latency_p50'] as const)
    .map((signal) => scene.reading(workload, signal))
    .find((reading) => reading !== undefined && heldTrouble(scene, reading))?.id;

/** Traces of longer work inside the workload, or of longer waits around it: a starved process is late at both. */
const tracedSlow = (scene: Scene, workload: string): readonly string[] => {
  const inside = scene.trace(workload);
  const working = inside?.data.times.some(({ standing }) => standing === 'raised') ?? false;
  return [
    ...(inside !== undefined && working ? [inside.id] : []),
    ...blameOf(scene, workload).raised.map(({ id }) => id),
  ];
};

// A container that is pulled, created or crashing burns CPU for another reason.
const isStarting = (state: Seen<WorkloadData> | undefined): boolean =>
  state !== undefined && containersWhere(state.data, ({ state: phase }) => phase !== 'running').length > 0;

const isStarved = ({ atLimit, strained, peaked }: CpuStrain, slow: boolean): boolean =>
  atLimit || strained || (peaked && slow);

const throttlingInWords = (throttling: Reading): string =>
  `, throttled in ${formatSignal('cpu_throttled_ratio', throttling.shift.now)} of its periods,`;

const usageInWords = ({ level, limit }: CpuStrain): string => {
  if (level === undefined) return 'is throttled';
  const allowed = limit === undefined ? '' : ` of ${formatSignal('cpu_usage', limit)} allowed`;
  return `uses ${formatSignal('cpu_usage', level)}${allowed}`;
};

/** The workload uses all the CPU it may have while its load is ordinary. More load than usual makes it a mere hint. */
export const cpuSaturation: Detector = {
  fault: 'cpu-saturation',
  detect(scene, workload) {
    const state = scene.state(workload);
    const strain = cpuStrainOf(scene, workload);
    const throttling = scene.reading(workload, 'cpu_throttled_ratio');
    const throttled = isThrottled(throttling);
    const slow = slowed(scene, workload);
    const traced = tracedSlow(scene, workload);
    const starved = isStarved(strain, slow !== undefined || traced.length > 0);
    if ((!starved && !throttled) || isStarting(state)) return null;
    const load = scene.reading(workload, 'request_rate');
    const surge = load?.shift.standing === 'high';
    const change = changeOf(scene, workload, ({ path }) => /\/resources(\/limits)?(\/cpu)?$/.test(path));
    const signals = [starved, throttled, slow !== undefined, traced.length > 0].filter(Boolean).length;
    const loadInWords = surge ? 'under a raised load' : 'while its load is ordinary';
    return hypothesisOf({
      cause: { workload, fault: 'cpu-saturation' },
      confidence: surge ? confidence.hint : bySignals(signals),
      evidence: [
        starved ? strain.usage?.id : undefined,
        throttled ? throttling.id : undefined,
        slow,
        change?.id,
        ...traced,
        surge ? undefined : load?.id,
      ],
      against: [surge ? load?.id : undefined],
      reasoning: `${workload} ${usageInWords(strain)}${throttled ? throttlingInWords(throttling) : ''} ${loadInWords}${becauseOf(scene, change)}`,
    });
  },
};
