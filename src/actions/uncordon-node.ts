import type { JsonObject } from '../domain/json.ts';
import { listAt, textAt, textsAt, valueAt } from '../domain/json-read.ts';
import type { Action, RemedyFacts } from '../ports/action.ts';
import { composeDraft } from './drafting/compose-draft.ts';
import { kubectlClusterWide } from './drafting/kubectl.ts';
import { nameOf, podsWanted, workloadNamed } from './drafting/live-object.ts';
import { cite } from './drafting/wording.ts';

const isCordoned = (node: JsonObject): boolean => valueAt(node, 'spec', 'unschedulable') === true;

const isReady = (node: JsonObject): boolean =>
  listAt(node, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  );

/** Whether the workload's node selector would choose the node. */
const isWanted = (node: JsonObject, workload: JsonObject): boolean => {
  const labels = textsAt(node, 'metadata', 'labels');
  const selector = textsAt(workload, 'spec', 'template', 'spec', 'nodeSelector');
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
};

/** One node is enough for the pods to come back: the others stay as the person who cordoned them left them. */
const nodeToOpen = ({ objects }: RemedyFacts, workload: JsonObject): JsonObject | undefined =>
  objects
    .filter((object) => textAt(object, 'kind') === 'Node')
    .filter((node) => isCordoned(node) && isReady(node) && isWanted(node, workload))
    .toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1))[0];

/** Lets one cordoned node take pods again. */
export const uncordonNode: Action = {
  name: 'uncordon-node',
  title: 'Uncordon a node',
  description: 'Marks one ready node as schedulable again, so that the waiting pods find a place.',
  draft: (facts) => {
    const workload = workloadNamed(facts, facts.cause.workload);
    if (facts.cause.fault !== 'node-cordoned' || workload === undefined) return null;
    const node = nodeToOpen(facts, workload);
    const pods = podsWanted(workload);
    if (node === undefined || pods === 0) return null;
    const cited = cite(facts.context, ({ data }) => data?.kind === 'node' && data.name === nameOf(node));
    return composeDraft({
      action: 'uncordon-node',
      facts,
      workload,
      target: node,
      operations: [{ op: 'remove', path: '/spec/unschedulable' }],
      parameters: { node: nameOf(node) },
      pods,
      // Somebody cordoned it, and may have had a reason that no signal shows: a person decides.
      risk: 'medium',
      reason: `Node ${nameOf(node)} is cordoned${cited}, and the pods of ${nameOf(workload)} find no other; it is ready, so it may take pods again.`,
      fitness: 0.9,
      kubectl: kubectlClusterWide('uncordon', nameOf(node)),
    });
  },
};
