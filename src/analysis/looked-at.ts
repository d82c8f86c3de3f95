import { neighbourhoodOf } from './relevance.ts';
import type { Reading, Scene } from './scene.ts';
import { signalTraits } from './signal-trait.ts';

/** What cannot be told from a quiet time, or would be no trouble however high, shows nobody to be well. */
const couldShowTrouble = ({ data, shift }: Reading): boolean =>
  signalTraits[data.signal].troubleWhenHigh && shift.standing !== 'unknown';

const isTraced = (scene: Scene, workload: string): boolean =>
  [scene.trace(workload), ...scene.waits.filter(({ data }) => data.workload === workload)].some((seen) =>
    seen?.data.times.some(({ standing }) => standing !== 'unknown'),
  );

/** The workloads of which something was measured that would have shown trouble: compared with a quiet time, or zero by nature. */
const measuredIn = (scene: Scene): ReadonlySet<string> => {
  const measured = scene.readings.filter(couldShowTrouble).map(({ data }) => data.edge?.to ?? data.workload);
  return new Set([...measured, ...scene.workloads.filter((workload) => isTraced(scene, workload))]);
};

const shareMin = 0.5;

/**
 * Why nobody can say that the subject and its neighbours are well, or null when enough of them was looked at: something that would
 * have shown trouble was measured near the subject, or, of an incident without a subject, of at least half of the namespace
 * (whose objects count as a look at them, but not alone).
 */
export const lookTooShort = (scene: Scene): string | null => {
  const measured = measuredIn(scene);
  const near = neighbourhoodOf(scene, 1);
  if (!near.some((workload) => measured.has(workload))) {
    return 'nothing was measured that could be compared with a quiet time';
  }
  const subject = scene.incident.suspect?.name;
  if (subject !== undefined && scene.workloads.includes(subject)) return null;
  const looked = near.filter((workload) => measured.has(workload) || scene.state(workload) !== undefined);
  return looked.length >= shareMin * near.length
    ? null
    : `only ${looked.length} of ${near.length} workloads were looked at`;
};
