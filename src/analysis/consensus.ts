import { type Discipline, disciplines, faults } from '../domain/fault.ts';
import type { Cause, Finding, Hypothesis } from '../domain/finding.ts';
import type { Verdict, Vote } from '../domain/verdict.ts';
import { limits } from '../limits.ts';
import { actionable, percent } from './confidence.ts';
import { type Disturbance, disturbancesOf } from './disturbances.ts';
import { type Explained, explainAway } from './explain-away.ts';
import { lookTooShort } from './looked-at.ts';
import { bestOfEach, byConfidence, causeInWords, causeKey } from './rank-hypotheses.ts';
import type { Scene } from './scene.ts';
import { standingCauses } from './standing-causes.ts';

/** What the findings add up to. `ties` are causes of one discipline that nearly equal the best one, which is first among them. */
export type Consensus = Pick<
  Verdict,
  'kind' | 'cause' | 'confidence' | 'votes' | 'dissent' | 'evidence' | 'reasoning'
> & {
  readonly ties: readonly Hypothesis[];
  /** Every cause that its own objects prove, the agreed one among them where it is such a one. */
  readonly standing: readonly Cause[];
};

/** By so much the best cause must lead over what another discipline holds. */
const leadMin = 0.15;
/** Causes of one discipline that lie so near together are a tie. */
const tieMax = 0.05;
/** A suspicion below this is not worth a dissenting word. */
const mentionMin = 0.3;
const subjectEvidenceMax = 8;
const disturbancesToldMax = 3;

const ownerOf = (hypothesis: Hypothesis): Discipline => faults[hypothesis.cause.fault].discipline;

const stanceOf = (finding: Finding, best: Hypothesis | undefined, explained: readonly Explained[]): Vote => {
  const { specialist, hypotheses } = finding;
  const [top] = hypotheses;
  if (top === undefined || best === undefined) return { specialist, confidence: 0, stance: 'abstains' };
  const own = hypotheses.find(({ cause }) => causeKey(cause) === causeKey(best.cause));
  if (own !== undefined) return { specialist, cause: own.cause, confidence: own.confidence, stance: 'supports' };
  const echo = explained.find(({ hypothesis }) => causeKey(hypothesis.cause) === causeKey(top.cause));
  // What it saw is the effect of the best cause: that is no contradiction.
  if (echo !== undefined && causeKey(echo.by.cause) === causeKey(best.cause)) {
    return { specialist, cause: top.cause, confidence: top.confidence, stance: 'supports' };
  }
  const stance = top.confidence >= mentionMin ? 'dissents' : 'abstains';
  return { specialist, cause: top.cause, confidence: top.confidence, stance };
};

const dissentOf = (others: readonly Hypothesis[], explained: readonly Explained[]): readonly string[] =>
  [
    ...others
      .filter(({ confidence }) => confidence >= mentionMin)
      .map(
        (other) =>
          `The ${ownerOf(other)} specialist suspects ${causeInWords(other.cause)} (${percent(other.confidence)}): ${other.reasoning}`,
      ),
    ...explained.map(
      ({ hypothesis, by }) =>
        `${causeInWords(hypothesis.cause)} was seen too, and is taken for an echo of ${causeInWords(by.cause)}.`,
    ),
  ].slice(0, limits.dissentMax);

const toldOf = (disturbances: readonly Disturbance[]): string => {
  const told = disturbances.slice(0, disturbancesToldMax).map(({ sentence }) => sentence);
  const more = disturbances.length > told.length ? ` and ${disturbances.length - told.length} more` : '';
  return `${told.join('; ')}${more}`;
};

/** Why "nothing is wrong" cannot be said, or null when everything that matters was looked at and is well. */
const doubtOf = (scene: Scene, findings: readonly Finding[], disturbances: readonly Disturbance[]): string | null => {
  if (disturbances.length > 0) return `Nobody found a cause, but not all is well: ${toldOf(disturbances)}.`;
  const { unreachable } = scene.context;
  if (unreachable.length > 0) return `Nobody found a cause, but there was no answer about ${unreachable.join(', ')}.`;
  const silent = disciplines.filter((discipline) => !findings.some(({ specialist }) => specialist === discipline));
  if (silent.length > 0) return `Nobody found a cause, but ${silent.join(', ')} did not look.`;
  const suspect = scene.incident.suspect?.name;
  if (suspect !== undefined && scene.state(suspect) === undefined) {
    return `Nobody found a cause, but nothing is known of the state of ${suspect}.`;
  }
  const short = lookTooShort(scene);
  return short === null ? null : `Nobody found a cause, but ${short}.`;
};

const withoutCause = (scene: Scene, findings: readonly Finding[], weak: readonly Hypothesis[]): Consensus => {
  const disturbances = disturbancesOf(scene);
  const votes = findings.map((finding) => stanceOf(finding, undefined, []));
  const shared = { votes, dissent: dissentOf(weak, []), ties: [], standing: [] };
  const [strongest] = weak;
  if (strongest !== undefined) {
    return {
      ...shared,
      kind: 'unknown',
      confidence: strongest.confidence,
      evidence: strongest.evidence,
      reasoning: `The strongest suspicion, ${causeInWords(strongest.cause)}, is too weak to act upon (${percent(strongest.confidence)}).`,
    };
  }
  const doubt = doubtOf(scene, findings, disturbances);
  if (doubt !== null) {
    const evidence = disturbances.map((disturbance) => disturbance.evidence);
    return { ...shared, kind: 'unknown', confidence: 0, evidence: [...new Set(evidence)], reasoning: doubt };
  }
  const subject = scene.incident.suspect?.name ?? scene.incident.namespace;
  const looked = scene.context.evidence.filter(
    (evidence) => evidence.outcome === 'found' && evidence.subject.includes(subject),
  );
  return {
    ...shared,
    kind: 'agreed',
    cause: { workload: subject, fault: 'none' },
    confidence: 0.9,
    evidence: looked.slice(0, subjectEvidenceMax).map(({ id }) => id),
    reasoning: `All three specialists looked, every source answered, and ${subject} and its neighbours are well: nothing is wrong now.`,
  };
};

/**
 * Computes the consensus of the findings. A cause is agreed when it is strong enough and leads over everything that another
 * discipline holds and topology does not explain away; abstaining outside one's discipline is no dissent.
 */
export const consensusOf = (scene: Scene, findings: readonly Finding[]): Consensus => {
  const all = findings.flatMap(({ hypotheses }) => hypotheses).toSorted(byConfidence);
  const { kept, explained } = explainAway(scene.topology, bestOfEach(all));
  const [best, ...others] = kept;
  if (best === undefined || best.confidence < actionable) return withoutCause(scene, findings, kept);
  const near = (margin: number) => (other: Hypothesis) =>
    other.confidence >= actionable && best.confidence - other.confidence < margin;
  const standing = standingCauses(scene, kept);
  const stands = ({ cause }: Hypothesis): boolean => standing.some((proven) => causeKey(proven) === causeKey(cause));
  const rivals = others
    .filter((other) => ownerOf(other) !== ownerOf(best))
    .filter((other) => !(stands(best) && stands(other)))
    .filter(near(leadMin));
  const ties = others.filter((other) => ownerOf(other) === ownerOf(best)).filter(near(tieMax));
  const [rival] = rivals;
  const behind =
    rival === undefined
      ? ''
      : ` Against it stands ${causeInWords(rival.cause)} (${percent(rival.confidence)}), and topology explains neither by the other.`;
  return {
    kind: rival === undefined ? 'agreed' : 'split',
    cause: best.cause,
    confidence: rival === undefined ? best.confidence : Math.max(0, best.confidence - rival.confidence / 2),
    votes: findings.map((finding) => stanceOf(finding, best, explained)),
    dissent: dissentOf(others, explained),
    evidence: best.evidence,
    reasoning: `${best.reasoning}${behind}`,
    ties: ties.length === 0 ? [] : [best, ...ties],
    standing,
  };
};
