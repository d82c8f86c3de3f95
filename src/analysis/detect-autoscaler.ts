import type { FieldChange } from '../domain/evidence.ts';
import type { AutoscalerData, Condition } from '../domain/surroundings.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, isRecent } from './containers.ts';
import { cpuStrainOf } from './cpu-strain.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Reading, Scene, Seen } from './scene.ts';
import { isTrouble } from './shift.ts';

/** Why an autoscaler cannot help, in its own words; `since` when it has been so. */
interface Handicap {
  readonly kind: 'blind' | 'bound';
  readonly words: string;
  readonly since?: string;
}

const inWords = ({ type, reason, message }: Condition): string =>
  `${reason ?? type}${message === undefined ? '' : `: ${message.slice(0, 160)}`}`;

// Switched off with its workload at zero replicas: that has a name of its own.
const isBlind = ({ type, status, reason }: Condition): boolean =>
  (type === 'ScalingActive' || type === 'AbleToScale') && status === 'False' && reason !== 'ScalingDisabled';

const isBound = ({ type, status, reason }: Condition): boolean =>
  type === 'ScalingLimited' && status === 'True' && reason === 'TooManyReplicas';

const handicapOf = ({ conditions, current, max }: AutoscalerData): Handicap | undefined => {
  const blind = conditions.find(isBlind);
  const bound = conditions.find(isBound);
  const found = blind ?? (current !== undefined && current >= max ? bound : undefined);
  if (found === undefined) return undefined;
  const since = found.since === undefined ? {} : { since: found.since };
  return { kind: found === blind ? 'blind' : 'bound', words: inWords(found), ...since };
};

/** What shows that more replicas are missed. */
const need = (scene: Scene, workload: string): readonly Reading[] => {
  const strain = cpuStrainOf(scene, workload);
  const own = (['latency_p99', 'latency_p50', 'error_ratio', 'cpu_throttled_ratio', 'cpu_usage'] as const).flatMap(
    (signal) => scene.reading(workload, signal) ?? [],
  );
  return own.filter(
    ({ data, shift }) =>
      isTrouble(data.signal, shift) || (data.signal === 'cpu_usage' && (strain.atLimit || strain.strained)),
  );
};

const changeBehind = (scene: Scene, workload: string, { autoscaler }: AutoscalerData): Seen<FieldChange> | undefined =>
  scene
    .changesOf('HorizontalPodAutoscaler', autoscaler.name)
    .find(({ data }) => data.path === '' || data.path.startsWith('/spec/')) ??
  changeOf(scene, workload, ({ path }) => /\/resources(\/requests(\/|$)|$)/.test(path));

const sureness = (changed: boolean, needed: boolean, fresh: boolean): number => {
  if (changed) return needed ? confidence.witnessed : confidence.strong;
  if (needed) return fresh ? confidence.strong : confidence.likely;
  return fresh ? confidence.likely : confidence.hint;
};

/** The workload's autoscaler has no metric to act on, or may not add the replicas that are missed. */
export const autoscaler: Detector = {
  fault: 'autoscaler',
  detect(scene, workload) {
    const scaler = scene.autoscaler(workload);
    const handicap = scaler === undefined ? undefined : handicapOf(scaler.data);
    if (scaler === undefined || handicap === undefined) return null;
    const missed = need(scene, workload);
    // At its bound, and well there: it does what it was told.
    if (handicap.kind === 'bound' && missed.length === 0) return null;
    const change = changeBehind(scene, workload, scaler.data);
    const fresh = handicap.since !== undefined && isRecent(scene, handicap.since);
    const { name } = scaler.data.autoscaler;
    const what =
      handicap.kind === 'blind'
        ? 'cannot tell how many replicas are needed'
        : `may not go beyond ${scaler.data.max} replicas`;
    return hypothesisOf({
      cause: { workload, fault: 'autoscaler', component: `horizontalpodautoscaler ${name}` },
      confidence: sureness(change !== undefined, missed.length > 0, fresh),
      evidence: [scaler.id, change?.id, ...missed.map(({ id }) => id), scene.state(workload)?.id],
      reasoning: `HorizontalPodAutoscaler ${name} of ${workload} ${what} (${handicap.words})${becauseOf(scene, change)}`,
    });
  },
};
