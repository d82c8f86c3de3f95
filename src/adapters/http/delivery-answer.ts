import { limits } from '../../limits.ts';
import type { Parsed } from '../../ports/source.ts';

const doubtsToldMax = 20;

/** The body of the answer to a delivery: what was accepted, what was refused and why, what is doubtful. */
export const answerOf = (parsed: Parsed, accepted: readonly { readonly id: string; readonly repeated: boolean }[]) => {
  const doubts = [...new Set(parsed.alerts.flatMap((alert) => alert.doubts ?? []))].slice(0, doubtsToldMax);
  const more = parsed.refused.length - limits.refusalsToldMax;
  return {
    accepted: accepted.length,
    repeated: accepted.filter((entry) => entry.repeated).length,
    ids: accepted.map((entry) => entry.id),
    refused: parsed.refused.slice(0, limits.refusalsToldMax),
    ...(more > 0 ? { refusedMore: more } : {}),
    ...(doubts.length === 0 ? {} : { doubts }),
    ...(parsed.notice === undefined ? {} : { notice: parsed.notice }),
  };
};

/** What was refused of a delivery, in one bounded line. */
export const refusedInWords = ({ refused, alerts }: Parsed): string => {
  const told = refused.map(({ index, reason }) => (index < 0 ? reason : `alert ${index}: ${reason}`));
  const all = refused.length + alerts.length;
  return `${refused.length} of ${all} refused: ${told.join('; ')}`.slice(0, limits.observationCharsMax);
};
