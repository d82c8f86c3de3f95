import type { FieldChange } from '../domain/evidence.ts';
import type { JsonObject } from '../domain/json.ts';
import { textAt } from '../domain/json-read.ts';
import type { Risk } from '../domain/plan.ts';
import { limits } from '../limits.ts';
import type { Action, RemedyFacts } from '../ports/action.ts';
import { composeDraft, rolloutRisk } from './drafting/compose-draft.ts';
import { type Culprit, culpritFor, roleOf } from './drafting/culprit.ts';
import { kubectl, kubectlName } from './drafting/kubectl.ts';
import { isAbout, nameOf, podsWanted, refOf, workloadNamed } from './drafting/live-object.ts';
import { undoneChanges } from './drafting/undone-change.ts';
import { tellChange } from './drafting/wording.ts';

/** Controllers change objects because somebody asked them to: undoing what they do would only make them do it again. */
const isController = (manager: string): boolean => /controller|autoscaler|scheduler|kubelet/.test(manager);

/** The newest write that explains the fault: its object, its telling changes, and how well undoing them fits. */
interface Suspect {
  readonly object: JsonObject;
  readonly changes: readonly FieldChange[];
  readonly fitness: number;
}

const culpritOf = (facts: RemedyFacts, change: FieldChange, workload: JsonObject): Culprit | undefined => {
  const object = facts.objects.find((candidate) => isAbout(change.object, candidate));
  const role = object === undefined ? null : roleOf(facts, object, workload);
  return role === null ? undefined : culpritFor(facts.cause.fault, role, change.path);
};

const isSameWrite = (left: FieldChange, right: FieldChange): boolean =>
  left.at === right.at &&
  left.manager === right.manager &&
  left.object.kind === right.object.kind &&
  left.object.name === right.object.name;

const findSuspect = (facts: RemedyFacts, workload: JsonObject): Suspect | null => {
  const telling = facts.changes.filter(
    (change) => !isController(change.manager) && culpritOf(facts, change, workload) !== undefined,
  );
  const [newest] = telling;
  const object = facts.objects.find((candidate) => newest !== undefined && isAbout(newest.object, candidate));
  if (newest === undefined || object === undefined) return null;
  const culprit = culpritOf(facts, newest, workload);
  const goesBack = (change: FieldChange): boolean =>
    telling.includes(change) || culprit?.companions?.test(change.path) === true;
  const changes = facts.changes.filter((change) => isSameWrite(change, newest) && goesBack(change));
  const fits = changes.map((change) => culpritOf(facts, change, workload)?.fitness ?? 1);
  return { object, changes, fitness: Math.min(...fits) };
};

/** The size that undoing asks for, when it is a size that is undone; null for other changes. */
const formerSize = (changes: readonly FieldChange[]): number | null => {
  const change = changes.find(({ path }) => path === '/spec/replicas');
  return change === undefined ? null : typeof change.before === 'number' ? change.before : 1;
};

/** What holds for a whole namespace, or stands between its workloads. */
const settings: readonly string[] = ['ResourceQuota', 'LimitRange', 'NetworkPolicy', 'HorizontalPodAutoscaler'];

const riskOf = ({ object, changes }: Suspect): Risk => {
  const kind = textAt(object, 'kind');
  if (kind === 'Service') return 'low';
  // Bounds and walls are set by people on purpose: one of them decides whether this one was meant.
  if (kind === 'ConfigMap' || settings.includes(kind)) return 'medium';
  const size = formerSize(changes);
  if (size === null) return rolloutRisk(object);
  return size >= podsWanted(object) ? 'low' : 'medium';
};

const podsTouched = ({ object, changes }: Suspect, workload: JsonObject): number => {
  const kind = textAt(object, 'kind');
  if (kind === 'Service' || kind === 'ConfigMap' || settings.includes(kind)) return podsWanted(workload);
  return Math.max(podsWanted(object), formerSize(changes) ?? 0);
};

/** Puts back what the suspect change took away. */
export const revertChange: Action = {
  name: 'revert-change',
  title: 'Revert the change',
  description: 'Undoes exactly the recorded change that explains the fault, while nobody has changed it since.',
  draft: (facts) => {
    const workload = workloadNamed(facts, facts.cause.workload);
    const suspect = workload === undefined ? null : findSuspect(facts, workload);
    const [first] = suspect?.changes ?? [];
    if (workload === undefined || suspect === null || first === undefined) return null;
    const operations = undoneChanges(suspect.object, suspect.changes);
    const size = formerSize(suspect.changes);
    if (operations === null || (size !== null && (size < 1 || size > limits.replicasMax))) return null;
    const ref = refOf(suspect.object);
    const others = suspect.changes.length > 1 ? ` and ${suspect.changes.length - 1} more of the same write` : '';
    const isSizeOnly = size !== null && suspect.changes.length === 1;
    return composeDraft({
      action: 'revert-change',
      facts,
      workload,
      target: suspect.object,
      operations,
      parameters: {
        object: `${ref.kind}/${ref.name}`,
        paths: suspect.changes.map(({ path }) => path),
        changedAt: first.at,
      },
      pods: podsTouched(suspect, workload),
      risk: riskOf(suspect),
      reason: `${tellChange(first, facts.context)}${others}; this puts back what was there, for the sake of ${nameOf(workload)}.`,
      fitness: suspect.fitness,
      ...(isSizeOnly ? { kubectl: kubectl(facts.namespace, 'scale', kubectlName(ref), `--replicas=${size}`) } : {}),
    });
  },
};
