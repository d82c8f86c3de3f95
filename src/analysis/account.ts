import type { Account, BesideCause, CounterArgument, RuledOut } from '../domain/account.ts';
import { counted } from '../domain/counted.ts';
import type { Cause, Finding, Hypothesis } from '../domain/finding.ts';
import type { Verdict } from '../domain/verdict.ts';
import { limits } from '../limits.ts';
import { actionable, percent } from './confidence.ts';
import { disturbancesOf } from './disturbances.ts';
import { type Explained, explainAway } from './explain-away.ts';
import { bestOfEach, byConfidence, causeInWords, causeKey, ownEvidence } from './rank-hypotheses.ts';
import { neighbourhoodOf } from './relevance.ts';
import { calmCallers, faultsRuledOut, workloadRuledOut } from './rule-out.ts';
import type { Scene } from './scene.ts';

type Judged = Pick<Verdict, 'kind' | 'cause' | 'others' | 'evidence'>;

/** What detectors hold, weighed once more without what a model said. */
interface Weighed {
  readonly scene: Scene;
  readonly verdict: Judged;
  /** What the verdict names, or the strongest suspicion where it names nothing. */
  readonly best: Hypothesis | undefined;
  /** What was neither taken nor explained away nor proven beside the cause, strongest first. */
  readonly rivals: readonly Hypothesis[];
  readonly echoes: readonly Explained[];
}

const evidenceToldMax = 2;
/** An opposing thought weaker than this is less of an argument than callers that do not suffer. */
const rivalMin = 0.3;

const isSame = (left: Cause, right: Cause | undefined): boolean =>
  right !== undefined && causeKey(left) === causeKey(right);

const weigh = (scene: Scene, findings: readonly Finding[], verdict: Judged): Weighed => {
  const own = findings.flatMap(({ hypotheses }) => hypotheses).filter(({ from }) => from !== 'model');
  const { kept, explained } = explainAway(scene.topology, bestOfEach(own.toSorted(byConfidence)));
  const best = verdict.cause === undefined ? kept[0] : kept.find(({ cause }) => isSame(cause, verdict.cause));
  const beside = verdict.others ?? [];
  return {
    scene,
    verdict,
    best,
    rivals: kept.filter((each) => each !== best && !beside.some((cause) => isSame(each.cause, cause))),
    echoes: explained,
  };
};

/** What shows that all is well with the subject: its objects and what its callers would feel. */
const wellness = ({ scene, verdict }: Weighed): readonly string[] => {
  const subject = verdict.cause?.workload ?? '';
  const shown = [
    scene.state(subject)?.id,
    scene.reading(subject, 'error_ratio')?.id,
    scene.reading(subject, 'latency_p99')?.id,
  ];
  return [...shown.filter((id) => id !== undefined), ...verdict.evidence];
};

const strongestOf = (weighed: Weighed): readonly string[] => {
  if (weighed.verdict.cause?.fault === 'none') return wellness(weighed);
  if (weighed.best !== undefined) return ownEvidence(weighed.best);
  return disturbancesOf(weighed.scene).map(({ evidence }) => evidence);
};

const whyLost = ({ verdict, best }: Weighed, rival: Hypothesis): string => {
  const itself = percent(rival.confidence);
  if (best === undefined) return `${itself} is too weak to act upon`;
  const against =
    rival.against.length === 0
      ? ''
      : `, and ${counted(rival.against.length, 'sign')} ${rival.against.length === 1 ? 'speaks' : 'speak'} against it`;
  if (rival.confidence < actionable) {
    return `${itself} is below the ${percent(actionable)} that a cause needs${against}`;
  }
  const both = `${itself} against ${percent(best.confidence)}`;
  if (verdict.kind === 'split') return `not outweighed: ${both}, and neither explains the other`;
  return `${rival.confidence < best.confidence ? 'outweighed' : 'no stronger'}: ${both}${against}`;
};

const rivalArgument = (weighed: Weighed, rival: Hypothesis): CounterArgument => ({
  cause: rival.cause,
  confidence: rival.confidence,
  evidence: ownEvidence(rival).slice(0, evidenceToldMax),
  because: whyLost(weighed, rival),
});

const contradiction = ({ best }: Weighed): CounterArgument | undefined =>
  best === undefined || best.against.length === 0
    ? undefined
    : { evidence: best.against.slice(0, evidenceToldMax), because: 'already counted: it made the cause less sure' };

const calm = ({ scene, best, verdict }: Weighed): CounterArgument | undefined => {
  if (best === undefined || verdict.cause === undefined || best.cause.on !== undefined) return undefined;
  const grounds = calmCallers(scene, best.cause.workload);
  return grounds === null ? undefined : { ...grounds, evidence: grounds.evidence.slice(0, evidenceToldMax) };
};

/** When nothing is wrong, what moved or was changed all the same. */
const unrest = ({ scene }: Weighed): CounterArgument | undefined => {
  const near = new Set(neighbourhoodOf(scene, 1));
  const moved = scene.readings
    .filter(({ data, shift }) => shift.standing === 'high' && near.has(data.workload))
    .toSorted((left, right) => right.shift.score - left.shift.score)[0];
  if (moved !== undefined) return { evidence: [moved.id], because: 'it moved, but this is no trouble by itself' };
  const changed = [...near].flatMap((workload) => scene.changes(workload))[0];
  return changed === undefined
    ? undefined
    : { evidence: [changed.id], because: 'it was changed, and is well all the same' };
};

const counterOf = (weighed: Weighed): CounterArgument | undefined => {
  const { verdict, rivals } = weighed;
  const [rival] = rivals;
  const opposing = rival === undefined ? undefined : rivalArgument(weighed, rival);
  if (verdict.kind === 'split') return opposing ?? contradiction(weighed);
  if (verdict.cause?.fault === 'none') return unrest(weighed);
  const serious = (rival?.confidence ?? 0) >= rivalMin ? opposing : undefined;
  return contradiction(weighed) ?? serious ?? calm(weighed) ?? opposing;
};

const byDetectors = (weighed: Weighed, counter: CounterArgument | undefined): readonly RuledOut[] => [
  ...weighed.echoes.map(({ hypothesis, by }) => ({
    workload: hypothesis.cause.workload,
    fault: hypothesis.cause.fault,
    evidence: ownEvidence(hypothesis).slice(0, evidenceToldMax),
    because: `an echo of ${causeInWords(by.cause)}`,
  })),
  ...weighed.rivals
    .filter(({ cause }) => !isSame(cause, counter?.cause))
    .map((rival) => ({
      workload: rival.cause.workload,
      fault: rival.cause.fault,
      evidence: ownEvidence(rival).slice(0, evidenceToldMax),
      because: whyLost(weighed, rival),
    })),
];

const suspectedAt = ({ best, rivals, echoes, verdict }: Weighed): ReadonlySet<string> =>
  new Set([
    ...[...(best === undefined ? [] : [best]), ...rivals, ...echoes.map(({ hypothesis }) => hypothesis)].map(
      ({ cause }) => cause.workload,
    ),
    ...(verdict.others ?? []).map(({ workload }) => workload),
    ...(verdict.cause === undefined ? [] : [verdict.cause.workload]),
  ]);

/** Faults dismissed where the trouble is, then workloads dismissed around it; those told before are left out. */
const byEvidence = (weighed: Weighed, told: readonly RuledOut[]): readonly RuledOut[] => {
  const { scene, best, verdict } = weighed;
  const subject = best?.cause.workload ?? verdict.cause?.workload ?? scene.incident.suspect?.name;
  const named = [...told, ...(best === undefined ? [] : [best.cause])];
  const faults = subject === undefined ? [] : faultsRuledOut(scene, subject);
  const suspected = suspectedAt(weighed);
  const around = neighbourhoodOf(scene, 1).filter((workload) => workload !== subject && !suspected.has(workload));
  return [
    ...faults.filter(({ workload, fault }) => !named.some((one) => one.workload === workload && one.fault === fault)),
    ...around.flatMap((workload) => workloadRuledOut(scene, workload) ?? []),
  ];
};

const besideOf = (findings: readonly Finding[], { others = [] }: Judged): readonly BesideCause[] =>
  others.map((cause) => {
    const found = findings
      .flatMap(({ hypotheses }) => hypotheses)
      .toSorted(byConfidence)
      .find((hypothesis) => isSame(hypothesis.cause, cause));
    return { cause, evidence: found === undefined ? [] : ownEvidence(found).slice(0, evidenceToldMax) };
  });

/** Suspicions first, then as many faults as leave room for some of the workloads around. */
const shown = (all: readonly RuledOut[]): readonly RuledOut[] => {
  const workloads = all.filter(({ fault }) => fault === undefined);
  const roomFor = Math.min(workloads.length, Math.floor(limits.ruledOutMax / 3));
  const faults = all.filter(({ fault }) => fault !== undefined).slice(0, limits.ruledOutMax - roomFor);
  return [...faults, ...workloads.slice(0, limits.ruledOutMax - faults.length)];
};

/**
 * Tells why the verdict is what it is, from the evidence and what detectors found alone: with a model or without it, the same
 * cause has the same account. Cites only evidence that the context has.
 */
export const accountOf = (scene: Scene, findings: readonly Finding[], verdict: Judged): Account => {
  const known = new Set(scene.context.evidence.map(({ id }) => id));
  const existing = (ids: readonly string[]): readonly string[] => [...new Set(ids)].filter((id) => known.has(id));
  const weighed = weigh(scene, findings, verdict);
  const counter = counterOf(weighed);
  const dismissed = byDetectors(weighed, counter);
  const ruledOut = [...dismissed, ...byEvidence(weighed, dismissed)];
  const told = shown(ruledOut);
  return {
    strongest: existing(strongestOf(weighed)).slice(0, limits.strongestMax),
    beside: besideOf(findings, verdict).map((each) => ({ ...each, evidence: existing(each.evidence) })),
    ...(counter === undefined ? {} : { counter: { ...counter, evidence: existing(counter.evidence) } }),
    ruledOut: told.map((each) => ({ ...each, evidence: existing(each.evidence).slice(0, evidenceToldMax) })),
    ruledOutMore: ruledOut.length - told.length,
    unanswered: scene.context.unreachable,
  };
};
