import type { EventData, FieldChange } from '../domain/evidence.ts';
import type { FaultName } from '../domain/fault.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, eventIds } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene, Seen } from './scene.ts';

/** Why the API server refuses a workload's pods, in its own words, and the evidence that holds them. */
export interface CreationRefusal {
  readonly message: string;
  readonly evidence: string;
}

const newestRefusal = (scene: Scene, workload: string): Seen<EventData> | undefined =>
  scene
    .events(workload)
    .filter(({ data }) => data.reason === 'FailedCreate')
    .toSorted((left, right) => (left.data.lastSeenAt < right.data.lastSeenAt ? 1 : -1))[0];

/** The refusal that stands now: of a revision that wants pods, else of the workload itself. Events only explain it. */
export const refusalOf = (scene: Scene, workload: string): CreationRefusal | undefined => {
  const state = scene.state(workload);
  if (state === undefined) return undefined;
  const revision = state.data.revisions.find(({ failure, replicas }) => failure !== undefined && replicas > 0);
  const stated = state.data.conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  const message = revision?.failure ?? stated?.message;
  if (message !== undefined) return { message, evidence: state.id };
  // The condition stands but was read without its words: the newest event of the refused revision has them.
  const told = stated === undefined ? undefined : newestRefusal(scene, workload);
  return told === undefined ? undefined : { message: told.data.message, evidence: told.id };
};

/** Makes a detector of one kind of refusal: how it is recognised, what it names, and which changes may be behind it. */
export const refusalDetector = (kind: {
  readonly fault: FaultName;
  readonly words: RegExp;
  readonly component: (match: RegExpExecArray, scene: Scene) => string;
  /** The objects whose state explains the refusal: their evidence ids. */
  readonly witnesses: (match: RegExpExecArray, scene: Scene) => readonly string[];
  readonly suspects: (match: RegExpExecArray, scene: Scene) => readonly Seen<FieldChange>[];
  readonly ownFields: RegExp;
}): Detector => ({
  fault: kind.fault,
  detect(scene, workload) {
    const refusal = refusalOf(scene, workload);
    const match = refusal === undefined ? null : kind.words.exec(refusal.message);
    if (refusal === undefined || match === null) return null;
    const own = changeOf(scene, workload, ({ path }) => kind.ownFields.test(path));
    const [change] = [...kind.suspects(match, scene), ...(own === undefined ? [] : [own])].toSorted((left, right) =>
      left.data.at < right.data.at ? 1 : -1,
    );
    return hypothesisOf({
      cause: { workload, fault: kind.fault, component: kind.component(match, scene) },
      confidence: change === undefined ? confidence.proven : confidence.witnessed,
      evidence: [
        refusal.evidence,
        ...kind.witnesses(match, scene),
        change?.id,
        ...eventIds(scene, workload, ['FailedCreate', 'ReplicaSetCreateError']),
      ],
      reasoning: `The API server refuses the pods of ${workload}: ${refusal.message.slice(0, 240)}${becauseOf(scene, change)}`,
    });
  },
});
