import type { TraceData } from '../domain/trace.ts';
import type { Scene, Seen } from './scene.ts';

/** How far the waits between workloads speak against one of them. */
export interface Blame {
  /** The share of all unusual waiting that trouble at this workload would explain, less what it leaves calm there; 0..1. */
  readonly share: number;
  readonly raised: readonly Seen<TraceData>[];
  readonly calm: readonly Seen<TraceData>[];
}

const standing = ({ data }: Seen<TraceData>): string => data.times[0]?.standing ?? 'unknown';

const totalMs = (waits: readonly Seen<TraceData>[]): number =>
  waits.reduce(
    (sum, { data }) => sum + (data.times[0] === undefined ? 0 : data.times[0].excess * data.times[0].count),
    0,
  );

const judge = (waits: readonly Seen<TraceData>[], allMs: number): Blame => {
  const raised = waits.filter((wait) => standing(wait) === 'raised');
  const calm = waits.filter((wait) => standing(wait) === 'ordinary');
  if (raised.length === 0) return { share: 0, raised, calm };
  // Trouble at a workload is felt on its edges: those that stay calm speak against it.
  const coverage = raised.length / (raised.length + calm.length);
  return { share: (totalMs(raised) / allMs) * coverage, raised, calm };
};

/**
 * Weighs whether the unusual waits have this workload in common: as the one that is called, as the one that calls, or as both.
 * The best of the three counts, because a delay may lie on one direction of its traffic only.
 */
export const blameOf = (scene: Scene, workload: string): Blame => {
  const allMs = totalMs(scene.waits.filter((wait) => standing(wait) === 'raised'));
  const called = scene.waits.filter(({ data }) => data.edge?.to === workload);
  const calling = scene.waits.filter(({ data }) => data.edge?.from === workload);
  // Whoever is called is the first suspect; a caller only when it has to wait for several.
  const several = calling.filter((wait) => standing(wait) === 'raised').length > 1;
  return (several ? [called, calling, [...called, ...calling]] : [called])
    .map((waits) => judge(waits, allMs))
    .reduce((best, next) => (next.share > best.share ? next : best));
};
