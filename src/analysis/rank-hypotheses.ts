import type { Cause, Hypothesis } from '../domain/finding.ts';

/** Sorts hypotheses strongest first, then by name, so that equal evidence always gives the same order. */
export const byConfidence = (left: Hypothesis, right: Hypothesis): number =>
  right.confidence - left.confidence ||
  right.evidence.length - left.evidence.length ||
  (causeKey(left.cause) < causeKey(right.cause) ? -1 : 1);

/** The same trouble has the same key, whoever suspects it and however narrowly. */
export const causeKey = (cause: Cause): string => `${cause.workload} ${cause.fault}`;

/** A cause as people say it: `bad-image at adservice`. */
export const causeInWords = (cause: Cause): string => `${cause.fault} at ${cause.workload}`;
