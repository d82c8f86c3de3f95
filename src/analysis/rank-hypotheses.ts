import type { Cause, Hypothesis } from '../domain/finding.ts';

/** What a hypothesis rests on by itself, without what a model cites beside it. */
export const ownEvidence = ({ evidence, seconded = [] }: Hypothesis): readonly string[] =>
  seconded.length === 0 ? evidence : evidence.filter((id) => !seconded.includes(id));

/** Sorts hypotheses strongest first, then by name, so that equal evidence always gives the same order. */
export const byConfidence = (left: Hypothesis, right: Hypothesis): number =>
  right.confidence - left.confidence ||
  ownEvidence(right).length - ownEvidence(left).length ||
  (causeKey(left.cause) < causeKey(right.cause) ? -1 : 1);

/** The same trouble has the same key, whoever suspects it and however narrowly. */
export const causeKey = (cause: Cause): string => `${cause.workload} ${cause.fault}`;

/** A cause as people say it: `bad-image at adservice`. */
export const causeInWords = (cause: Cause): string => `${cause.fault} at ${cause.workload}`;

/** One hypothesis a cause, of hypotheses that are sorted: the strongest one. */
export const bestOfEach = (hypotheses: readonly Hypothesis[]): readonly Hypothesis[] => {
  const best = new Map<string, Hypothesis>();
  for (const hypothesis of hypotheses) {
    const key = causeKey(hypothesis.cause);
    if (!best.has(key)) best.set(key, hypothesis);
  }
  return [...best.values()];
};
