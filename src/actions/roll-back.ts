import type { Json, JsonObject } from '../domain/json.ts';
import { listAt, numberAt, objectAt, sameJson, textAt, valueAt } from '../domain/json-read.ts';
import { limits } from '../limits.ts';
import type { Action, RemedyFacts } from '../ports/action.ts';
import { composeDraft, rolloutRisk } from './drafting/compose-draft.ts';
import { kubectl, kubectlName } from './drafting/kubectl.ts';
import {
  isAbout,
  nameOf,
  podsWanted,
  refOf,
  replicaSetsOf,
  revisionOf,
  workloadNamed,
} from './drafting/live-object.ts';
import { changesTemplate, newestChange } from './drafting/suspect-change.ts';
import { tellChange } from './drafting/wording.ts';

/** A revision that held for this long before it was replaced was well enough to be kept. */
const provenMs = 30_000;

const without = (object: JsonObject, key: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));

/** The template as its author wrote it: the controller adds the hash to the ReplicaSet's copy. */
const authored = (replicaSet: JsonObject): JsonObject => {
  const template = objectAt(replicaSet, 'spec', 'template');
  const metadata = objectAt(template, 'metadata');
  return { ...template, metadata: { ...metadata, labels: without(objectAt(metadata, 'labels'), 'pod-template-hash') } };
};

/** What makes two revisions the same to their users: a restart only adds an annotation. */
const substance = (template: Json | undefined): Json => [
  valueAt(template, 'spec') ?? null,
  without(objectAt(template, 'metadata', 'labels'), 'pod-template-hash'),
];

const imagesOf = (template: Json | undefined): readonly string[] =>
  listAt(template, 'spec', 'containers').map((container) => textAt(container, 'image'));

const bornMs = (replicaSet: JsonObject): number => Date.parse(textAt(replicaSet, 'metadata', 'creationTimestamp'));

/** How sure it is that a revision was well: 1 when its pods are well now, less when it only lasted, 0 when nothing speaks for it. */
const health = (replicaSet: JsonObject, successor: JsonObject): number => {
  if ((numberAt(replicaSet, 'status', 'readyReplicas') ?? 0) > 0) return 1;
  const wasChosenAgain =
    textAt(replicaSet, 'metadata', 'annotations', 'deployment.kubernetes.io/revision-history') !== '';
  return wasChosenAgain || bornMs(successor) - bornMs(replicaSet) >= provenMs ? 0.9 : 0;
};

/** Once what was surely well did not help, what nothing speaks against is worth a try too. */
const unproven = 0.5;

const wasUseless = ({ tried = [] }: RemedyFacts, deployment: JsonObject): boolean =>
  tried.some(({ patches }) => patches.some(({ target }) => isAbout(target, deployment)));

/** Surest first: pods that are well now, then what lasted, then what nobody knows; of equals the newest. */
const rankOf = (sure: number): number => (sure === 1 ? 0 : sure > unproven ? 1 : 2);

/** Earlier revisions that differ in substance and were well, with how sure that is; the surest first, then the newest. */
const wellRevisions = (facts: RemedyFacts, deployment: JsonObject) => {
  const revisions = replicaSetsOf(facts, deployment);
  const current = valueAt(deployment, 'spec', 'template');
  const mustChangeImage = facts.cause.fault === 'bad-image';
  const tryUnproven = wasUseless(facts, deployment);
  return revisions
    .map((replicaSet, index) => ({ replicaSet, template: authored(replicaSet), newer: revisions[index - 1] }))
    .filter(({ template }) => !sameJson(substance(template), substance(current)))
    .filter(({ template }) => !mustChangeImage || !sameJson([...imagesOf(template)], [...imagesOf(current)]))
    .map((entry) => ({ ...entry, sure: entry.newer === undefined ? 0 : health(entry.replicaSet, entry.newer) }))
    .map((entry) => (entry.sure === 0 && tryUnproven ? { ...entry, sure: unproven } : entry))
    .filter(({ sure }) => sure > 0)
    .toSorted((left, right) => rankOf(left.sure) - rankOf(right.sure));
};

const fitnessOf: Readonly<Record<string, number>> = {
  'bad-image': 0.95,
  'crash-loop': 0.9,
  'memory-limit': 0.7,
  'cpu-saturation': 0.45,
  'memory-leak': 0.82,
  'image-registry': 0.95,
  'image-pull-secret': 0.7,
  'wrong-command': 0.9,
  'init-container': 0.9,
  'missing-config': 0.85,
  'volume-mount': 0.85,
  'readiness-probe': 0.9,
  'liveness-probe': 0.9,
  'request-too-large': 0.9,
  'limit-range': 0.7,
  'quota-exceeded': 0.5,
  'missing-service-account': 0.9,
  'node-selector': 0.9,
  'node-affinity': 0.9,
  'pod-anti-affinity': 0.85,
  'untolerated-taint': 0.6,
  'port-conflict': 0.85,
  'rollout-strategy': 0.7,
  'wrong-address': 0.85,
  'database-address': 0.85,
};

/** Why the newest revision is the suspect, and how strongly; null when it is old enough to be trusted. */
const suspicion = (facts: RemedyFacts, deployment: JsonObject) => {
  const change = newestChange(facts, deployment, changesTemplate);
  if (change !== undefined) return { because: tellChange(change, facts.context), weight: 1 };
  const [newest] = replicaSetsOf(facts, deployment);
  const since = Date.parse(facts.context.window.from) - limits.changeLookbackMs;
  if (newest === undefined || !(bornMs(newest) >= since)) return null;
  const born = textAt(newest, 'metadata', 'creationTimestamp').slice(11, 19);
  return { because: `revision ${revisionOf(newest)} of ${nameOf(deployment)} began at ${born}`, weight: 0.85 };
};

/** The draft that puts one revision back; null where it must not be, or was tried and did not help. */
const rollBackTo = (
  facts: RemedyFacts,
  deployment: JsonObject,
  to: {
    readonly replicaSet: JsonObject;
    readonly template: JsonObject;
    readonly because: string;
    readonly sure: number;
    readonly fitness: number;
  },
) => {
  const revision = revisionOf(to.replicaSet);
  const ref = refOf(deployment);
  const hope = to.sure > unproven ? 'was well before it' : 'is an older one, against which nothing speaks';
  return composeDraft({
    action: 'roll-back',
    facts,
    workload: deployment,
    target: deployment,
    operations: [{ op: 'replace', path: '/spec/template', value: to.template }],
    parameters: { toRevision: revision, images: imagesOf(to.template) },
    pods: podsWanted(deployment),
    risk: rolloutRisk(deployment),
    reason: `${to.because}; revision ${revision} of ${ref.name} ${hope}, so its template is put back.`,
    fitness: to.fitness,
    kubectl: kubectl(facts.namespace, 'rollout', 'undo', kubectlName(ref), `--to-revision=${revision}`),
  });
};

/** Puts a Deployment back to its newest earlier revision that was well. */
export const rollBack: Action = {
  name: 'roll-back',
  title: 'Roll back',
  description:
    'Puts a Deployment back to its newest earlier revision that was well, when the newest one is the suspect.',
  draft: (facts) => {
    const fit = fitnessOf[facts.cause.fault];
    const deployment = workloadNamed(facts, facts.cause.workload);
    if (fit === undefined || deployment === undefined || textAt(deployment, 'kind') !== 'Deployment') return null;
    const suspect = suspicion(facts, deployment);
    if (suspect === null || valueAt(deployment, 'spec', 'paused') === true) return null;
    for (const { replicaSet, template, sure } of wellRevisions(facts, deployment)) {
      const draft = rollBackTo(facts, deployment, {
        replicaSet,
        template,
        because: suspect.because,
        sure,
        fitness: fit * suspect.weight * sure,
      });
      if (draft !== null) return draft;
    }
    return null;
  },
};
