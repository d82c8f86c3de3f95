import type { CaseFile } from '../domain/case-file.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Patch, Plan } from '../domain/plan.ts';
import type { Review } from '../domain/review.ts';
import { type ObjectRef, shortName } from '../domain/workload.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { ClusterWriter, DryRunAnswer } from '../ports/cluster-writer.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import { type GuardFacts, isGuardMissing, judge, valueAt } from './adjudicators.ts';
import { diffOf } from './diff-of.ts';
import { type RoadTools, type Step, turnPageFor, withAttempt } from './road.ts';
import { writeTraffic } from './write-traffic.ts';

/** What the guard asks. */
export interface GuardDeps extends RoadTools {
  readonly cluster: Pick<Cluster, 'object'>;
  readonly writer: ClusterWriter;
  readonly policies: PolicyEngine;
  readonly namespaces: readonly string[];
  readonly writesPerTenMinutesMax: number;
  /** Told when a review finds that nobody stands guard, and at which object that was seen. */
  readonly doubt?: (target: ObjectRef) => void;
}

const dryRunsMax = 5;

/** Gathers what the adjudicators need: live objects, policies, and a dry run of the exact stamped patches. */
export const createGuardFacts = (deps: GuardDeps) => {
  const readTargets = async (plan: Plan): Promise<ReadonlyMap<string, JsonObject>> => {
    const targets = [...plan.patches, ...plan.preconditions].map(({ target }) => target);
    const unique = [...new Map(targets.map((target) => [shortName(target), target])).values()];
    const answers = await Promise.all(unique.map((target) => deps.cluster.object(target)));
    const found = unique.flatMap((target, index) => {
      const answer = answers[index];
      return answer?.outcome === 'found' ? [[shortName(target), answer.value] as const] : [];
    });
    return new Map(found);
  };

  /** The object's status moves all the time while it is in trouble: a conflict only says that it was read too early. */
  const dryRunOne = async (patch: Patch, stamp: { incidentUid: string; actionId: string }): Promise<DryRunAnswer> => {
    let answer: DryRunAnswer = { kind: 'conflict' };
    for (let attempt = 0; attempt < dryRunsMax && answer.kind === 'conflict'; attempt += 1) {
      const live = await deps.cluster.object(patch.target);
      const resourceVersion = live.outcome === 'found' ? valueAt(live.value, '/metadata/resourceVersion') : null;
      if (typeof resourceVersion !== 'string') {
        return { kind: 'unreachable', reason: `${shortName(patch.target)} could not be read` };
      }
      answer = await deps.writer.dryRun(patch, { ...stamp, resourceVersion });
    }
    return answer;
  };

  const dryRun = async (plan: Plan, incidentUid: string): Promise<readonly DryRunAnswer[]> => {
    const answers: DryRunAnswer[] = [];
    for (const patch of plan.patches) answers.push(await dryRunOne(patch, { incidentUid, actionId: plan.id }));
    return answers;
  };

  return async (file: CaseFile, plan: Plan): Promise<GuardFacts> => {
    const { uid } = file.incident;
    const [policies, traffic, live] = await Promise.all([
      deps.policies.policies(),
      writeTraffic(deps, uid),
      readTargets(plan),
    ]);
    const dryRuns = await dryRun(plan, uid);
    const [first] = plan.patches;
    // A refused plan proves by itself that somebody stands guard, or needs no more proof that nobody does.
    const isAccepted = dryRuns.every(({ kind }) => kind === 'accepted');
    const challenge =
      first === undefined || !isAccepted
        ? undefined
        : await deps.writer.challenge(first.target, { incidentUid: uid, actionId: plan.id });
    const facts: GuardFacts = {
      file,
      namespaces: deps.namespaces,
      live,
      policies,
      dryRuns,
      ...(challenge === undefined ? {} : { challenge }),
      ...traffic,
      writesPerTenMinutesMax: deps.writesPerTenMinutesMax,
    };
    if (first !== undefined && isGuardMissing(plan, facts)) deps.doubt?.(first.target);
    return facts;
  };
};

const reviewOf = (plan: Plan, facts: GuardFacts, at: string): Review => {
  const gates = judge(plan, facts);
  const diffs = facts.dryRuns.map((answer, index) => {
    const target = plan.patches[index]?.target;
    return answer.kind === 'accepted' && target !== undefined ? diffOf(target, answer.before, answer.after) : '';
  });
  return { at, planHash: plan.hash, gates, passed: gates.every((gate) => gate.passed), diff: diffs.join('\n').trim() };
};

/** Sends the plan through every gate and writes the review, before anybody is asked. */
export const createGuardStep = (deps: GuardDeps): Step => {
  const factsFor = createGuardFacts(deps);
  return async (file) => {
    const plan = file.attempts.at(-1)?.plan;
    if (plan === undefined) return;
    const review = reviewOf(plan, await factsFor(file, plan), deps.clock.now());
    await turnPageFor(deps, file, {
      write: (current) => {
        const attempt = current.attempts.at(-1);
        return attempt?.plan.id === plan.id && attempt.review === undefined ? withAttempt(current, { review }) : null;
      },
      note: {
        verb: review.passed ? 'gates-passed' : 'gates-refused',
        subject: plan.action,
        detail: {
          planHash: plan.hash,
          refused: review.gates.filter((gate) => !gate.passed).map((gate) => `${gate.name}: ${gate.reason}`),
        },
      },
    });
  };
};
