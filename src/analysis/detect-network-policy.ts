import type { PolicyData } from '../domain/surroundings.ts';
import { confidence } from './confidence.ts';
import { becauseOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { type BarredEdge, barredEdges } from './policy-reach.ts';
import type { Reading, Scene, Seen } from './scene.ts';
import { isTrouble } from './shift.ts';

/** What shows that barred calls are missed: failures or waits at the caller, or calls that no longer arrive. */
const harmOf = (scene: Scene, { from, to }: BarredEdge): readonly Reading[] => {
  const seen = (['error_ratio', 'latency_p99', 'latency_p50'] as const)
    .flatMap((signal) => scene.edge(from, to, signal) ?? [])
    .filter(({ data, shift }) => isTrouble(data.signal, shift));
  const own = scene.reading(from, 'error_ratio');
  const arriving = scene.reading(to, 'request_rate');
  return [
    ...seen,
    ...(own !== undefined && isTrouble('error_ratio', own.shift) ? [own] : []),
    ...(arriving?.shift.standing === 'low' ? [arriving] : []),
  ];
};

/** When a policy is that young, it is a change by itself, whoever saw it. */
const isYoung = (scene: Scene, { createdAt }: PolicyData): boolean =>
  createdAt !== undefined && createdAt >= scene.context.baseline.to;

const newest = (policies: readonly Seen<PolicyData>[]): Seen<PolicyData> | undefined =>
  policies.toSorted((left, right) => ((left.data.createdAt ?? '') < (right.data.createdAt ?? '') ? 1 : -1))[0];

const edgesInWords = (edges: readonly BarredEdge[]): string =>
  edges
    .slice(0, 4)
    .map(({ from, to }) => `${from} -> ${to}`)
    .join(', ');

/** A NetworkPolicy keeps callers from the workload, or the workload from what it calls. */
export const networkPolicy: Detector = {
  fault: 'network-policy',
  detect(scene, workload) {
    const barred = barredEdges(scene, workload);
    const policies = [...new Set(barred.flatMap((edge) => edge.policies))];
    const changed = policies.flatMap((policy) => {
      const [change] = scene.changesOf('NetworkPolicy', policy.data.policy.name);
      return change === undefined ? [] : [{ policy, change }];
    })[0];
    const blamed = changed?.policy ?? newest(policies);
    if (blamed === undefined) return null;
    const harm = barred.flatMap((edge) => harmOf(scene, edge));
    const isNew = changed !== undefined || isYoung(scene, blamed.data);
    // A rule that bars what nobody misses does its work.
    if (harm.length === 0 && !isNew) return null;
    const sure =
      harm.length === 0 ? confidence.likely : changed === undefined ? confidence.proven : confidence.witnessed;
    const name = blamed.data.policy.name;
    return hypothesisOf({
      cause: { workload, fault: 'network-policy', component: `networkpolicy ${name}` },
      confidence: sure,
      evidence: [blamed.id, changed?.change.id, ...harm.map(({ id }) => id), ...policies.map(({ id }) => id)],
      reasoning: `NetworkPolicy ${name} selects ${workload} and does not let through ${edgesInWords(barred)}${becauseOf(scene, changed?.change)}`,
    });
  },
};
