import type { MetricData } from '../domain/evidence.ts';
import type { JsonObject } from '../domain/json.ts';
import { pointerOf } from '../domain/json-pointer.ts';
import { textAt, valueAt } from '../domain/json-read.ts';
import type { Action, RemedyFacts } from '../ports/action.ts';
import { composeDraft, rolloutRisk } from './drafting/compose-draft.ts';
import { settingAt } from './drafting/json-patch.ts';
import { kubectl, kubectlName } from './drafting/kubectl.ts';
import {
  isDataStore,
  keepsData,
  nameOf,
  podsWanted,
  refOf,
  replicaSetsOf,
  workloadNamed,
} from './drafting/live-object.ts';
import { cite } from './drafting/wording.ts';

const restartedAt = pointerOf('spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt');

/** Whom to restart, and why that helps. */
interface Choice {
  readonly workload: JsonObject;
  readonly because: string;
  readonly fitness: number;
}

const callersOf = ({ context, cause }: RemedyFacts): readonly string[] =>
  context.topology.edges.filter(({ to, from }) => to === cause.workload && from !== to).map(({ from }) => from);

const isAboutConnections = (data: unknown): data is MetricData =>
  typeof data === 'object' && data !== null && 'signal' in data && data.signal === 'connections';

/** Connections that each caller held last, where they were measured between two workloads. */
const heldBy = ({ context, cause }: RemedyFacts, caller: string): number =>
  context.evidence
    .map(({ data }) => data)
    .filter(isAboutConnections)
    .filter(({ edge }) => edge?.to === cause.workload && edge.from === caller)
    .reduce((most, { points }) => Math.max(most, points.at(-1)?.[1] ?? 0), 0);

const bornAt = (facts: RemedyFacts, workload: JsonObject): number =>
  Date.parse(textAt(replicaSetsOf(facts, workload)[0], 'metadata', 'creationTimestamp')) || 0;

/** The workload that the cause names as the holder: the last word of `client cartservice` that is one. */
const namedHolder = (facts: RemedyFacts): JsonObject | undefined =>
  (facts.cause.component ?? '')
    .split(/\s+/)
    .map((word) => workloadNamed(facts, word))
    .findLast((workload) => workload !== undefined && nameOf(workload) !== facts.cause.workload);

/** Connections belong to the client that holds them: restarting the store would drop everybody's, and its memory too. */
const connectionHolder = (facts: RemedyFacts): Choice | null => {
  const named = namedHolder(facts);
  if (named !== undefined) {
    return { workload: named, because: `it holds the connections of ${facts.cause.workload}`, fitness: 0.85 };
  }
  const ranked = callersOf(facts)
    .map((name) => workloadNamed(facts, name))
    .filter((workload) => workload !== undefined && !isDataStore(workload))
    .filter((workload) => workload !== undefined)
    .toSorted(
      (left, right) =>
        heldBy(facts, nameOf(right)) - heldBy(facts, nameOf(left)) || bornAt(facts, right) - bornAt(facts, left),
    );
  const [most] = ranked;
  if (most === undefined) return null;
  const isSure = ranked.length === 1 || heldBy(facts, nameOf(most)) > 0;
  const because = `of the callers of ${facts.cause.workload} it is the ${isSure ? 'one that holds most connections' : 'newest'}`;
  return { workload: most, because, fitness: isSure ? 0.8 : 0.5 };
};

const choose = (facts: RemedyFacts): Choice | null => {
  const { fault, workload: name } = facts.cause;
  if (fault === 'connection-exhaustion') return connectionHolder(facts);
  const workload = workloadNamed(facts, name);
  if (workload === undefined) return null;
  if (fault === 'cpu-saturation') {
    return { workload, because: 'a fresh process does not carry the runaway work on', fitness: 0.8 };
  }
  if (fault === 'memory-leak') {
    return {
      workload,
      because: 'a fresh process begins with empty hands; what leaks has still to be found',
      fitness: 0.8,
    };
  }
  if (fault === 'network-delay') {
    return { workload, because: 'fresh pods get a fresh network namespace, without the delay', fitness: 0.75 };
  }
  return null;
};

/** A template change that the controller would not roll out by itself. */
const wouldNotRoll = (workload: JsonObject): boolean =>
  valueAt(workload, 'spec', 'paused') === true || textAt(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete';

/** Replaces a workload's pods one after the other, as `kubectl rollout restart` does. */
export const restartWorkload: Action = {
  name: 'restart-workload',
  title: 'Restart',
  description: 'Replaces the pods of a workload, one after the other, with fresh ones of the same revision.',
  draft: (facts) => {
    const choice = choose(facts);
    if (choice === null) return null;
    const { workload, because, fitness } = choice;
    const pods = podsWanted(workload);
    const isLoneKeeper = keepsData(workload) && pods <= 1;
    if (pods === 0 || isLoneKeeper || wouldNotRoll(workload)) return null;
    const ref = refOf(workload);
    const cited = cite(facts.context, ({ data }) => data?.kind === 'metric' && data.workload === facts.cause.workload);
    return composeDraft({
      action: 'restart-workload',
      facts,
      workload,
      target: workload,
      operations: [settingAt(workload, restartedAt, facts.context.at)],
      parameters: { restartedAt: facts.context.at },
      pods,
      risk: ref.kind === 'StatefulSet' ? 'high' : rolloutRisk(workload),
      reason: `Restart ${ref.kind} ${ref.name}${cited}: ${because}.`,
      fitness,
      kubectl: kubectl(facts.namespace, 'rollout', 'restart', kubectlName(ref)),
      needsNoUndo: true,
    });
  },
};
