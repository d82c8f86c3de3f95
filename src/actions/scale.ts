import type { Json, JsonObject } from '../domain/json.ts';
import { numberAt, textAt } from '../domain/json-read.ts';
import { objectOf } from '../domain/workload.ts';
import { limits } from '../limits.ts';
import type { Action, RemedyFacts } from '../ports/action.ts';
import { composeDraft } from './drafting/compose-draft.ts';
import { settingAt } from './drafting/json-patch.ts';
import { kubectl, kubectlName } from './drafting/kubectl.ts';
import {
  isAbout,
  nameOf,
  objectsOfKind,
  podsWanted,
  refOf,
  replicaSetsOf,
  workloadNamed,
  workloadRefOf,
} from './drafting/live-object.ts';
import { cite, tellChange } from './drafting/wording.ts';

/** How many replicas, and how we know. */
interface Size {
  readonly replicas: number;
  readonly because: string;
  readonly fitness: number;
}

const isSize = (value: Json | undefined): value is number => typeof value === 'number' && value > 0;

const recordedSize = ({ changes, context }: RemedyFacts, workload: JsonObject): Size | null => {
  const change = changes.find(
    ({ object, path, before }) => isAbout(object, workload) && path === '/spec/replicas' && isSize(before),
  );
  if (change === undefined || !isSize(change.before)) return null;
  return { replicas: change.before, because: tellChange(change, context), fitness: 0.9 };
};

/** The Deployment controller notes on each ReplicaSet how many replicas were wanted when it last ran. */
const rememberedSize = (facts: RemedyFacts, workload: JsonObject): Size | null => {
  const noted = replicaSetsOf(facts, workload)
    .map((entry) => Number(textAt(entry, 'metadata', 'annotations', 'deployment.kubernetes.io/desired-replicas')))
    .find((replicas) => replicas > 0);
  if (noted === undefined) return null;
  return { replicas: noted, because: `its ReplicaSet was last asked for ${noted}`, fitness: 0.75 };
};

const autoscaledSize = (facts: RemedyFacts, workload: JsonObject): Size | null => {
  const autoscaler = objectsOfKind(facts, 'HorizontalPodAutoscaler').find(
    (entry) =>
      textAt(entry, 'spec', 'scaleTargetRef', 'name') === nameOf(workload) &&
      textAt(entry, 'spec', 'scaleTargetRef', 'kind') === textAt(workload, 'kind'),
  );
  if (autoscaler === undefined) return null;
  const least = numberAt(autoscaler, 'spec', 'minReplicas') ?? 1;
  return { replicas: Math.max(least, 1), because: `its autoscaler wants at least ${least}`, fitness: 0.7 };
};

const formerSize = (facts: RemedyFacts, workload: JsonObject): Size =>
  recordedSize(facts, workload) ??
  rememberedSize(facts, workload) ??
  autoscaledSize(facts, workload) ?? {
    replicas: 1,
    because: 'nobody remembers how many it ran, and one is the least that serves',
    fitness: 0.5,
  };

/** Brings a workload that was scaled to zero back to the size that it last had. */
export const scale: Action = {
  name: 'scale',
  title: 'Scale up',
  description: 'Asks a workload that runs no replica for as many as it last had.',
  draft: (facts) => {
    const workload = workloadNamed(facts, facts.cause.workload);
    if (facts.cause.fault !== 'scaled-to-zero' || workload === undefined) return null;
    if (textAt(workload, 'kind') === 'DaemonSet' || podsWanted(workload) > 0) return null;
    const { replicas, because, fitness } = formerSize(facts, workload);
    if (replicas > limits.replicasMax) return null;
    const ref = refOf(workload);
    const isIt = workloadRefOf(workload);
    const cited = cite(
      facts.context,
      ({ data }) => data?.kind === 'workload' && isIt !== null && objectOf(data.workload).name === isIt.name,
    );
    return composeDraft({
      action: 'scale',
      facts,
      workload,
      target: workload,
      operations: [settingAt(workload, '/spec/replicas', replicas)],
      parameters: { replicas, replicasBefore: 0 },
      pods: replicas,
      risk: 'low',
      reason: `${ref.kind} ${ref.name} is asked for no replica${cited}; ${because}, so it is asked for ${replicas} again.`,
      fitness,
      kubectl: kubectl(facts.namespace, 'scale', kubectlName(ref), `--replicas=${replicas}`),
    });
  },
};
