import { setTimeout as wait } from 'node:timers/promises';
import { boundedData, oneLine } from '../analysis/bound-data.ts';
import type { EvidenceDraft } from '../analysis/rank-evidence.ts';
import { redact } from '../analysis/redact.ts';
import { limits } from '../limits.ts';
import type { Answer } from '../ports/answer.ts';

/** A source that gave no answer, and what it was asked. */
export interface Silence {
  readonly source: string;
  readonly kind: EvidenceDraft['kind'];
  readonly query: string;
  readonly reason: string;
}

/** What one part of the collector brings home. */
export interface Gathered {
  readonly drafts: readonly EvidenceDraft[];
  readonly silent: readonly Silence[];
}

/** How long one question may still take: its own bound, or what is left of the page's. */
export type Patience = () => number;

/** Patience that runs out: at most `eachMs` a question and `allMs` together, counted from now. */
export const createPatience = (eachMs: number, allMs: number): Patience => {
  const startedMs = performance.now();
  return () => Math.max(1, Math.min(eachMs, allMs - (performance.now() - startedMs)));
};

/**
 * A source's answer, or `unreachable` when it needs longer than `ms` or breaks its promise not to throw:
 * one source in trouble must not cost the others their page.
 */
export const answerWithin = async <T>(ask: () => Promise<Answer<T>>, query: string, ms: number): Promise<Answer<T>> => {
  const silent = (reason: string): Answer<T> => ({ outcome: 'unreachable', query, reason });
  const settled = new AbortController();
  const tooLate = wait(ms, undefined, { signal: settled.signal }).then(
    () => silent(`no answer within ${Math.ceil(ms / 100) / 10} s`),
    () => silent('no longer needed'),
  );
  try {
    return await Promise.race([ask(), tooLate]);
  } catch (error) {
    return silent(error instanceof Error ? error.message.slice(0, limits.observationCharsMax) : 'failed');
  } finally {
    settled.abort();
  }
};

/** What an answer holds; nothing when it holds nothing. */
export const heldBy = <T>(answer: Answer<T>): T | undefined => (answer.outcome === 'found' ? answer.value : undefined);

/** The first of a source's answers that never came, if any: one silence a source is enough to know. */
export const firstSilence = (
  source: string,
  kind: Silence['kind'],
  answers: readonly Answer<unknown>[],
): readonly Silence[] => {
  const silent = answers.find((answer) => answer.outcome === 'unreachable');
  return silent?.outcome === 'unreachable' ? [{ source, kind, query: silent.query, reason: silent.reason }] : [];
};

/** A draft as it may be stored: the last mask, because an observation may quote an event, a change or a log line. */
export const maskedDraft = ({ link, ...draft }: EvidenceDraft): EvidenceDraft => ({
  ...draft,
  ...(draft.data?.kind === 'trace' ? { data: boundedData(draft.data) } : {}),
  ...(link === undefined || link.length > limits.textCharsMax ? {} : { link }),
  subject: oneLine(draft.subject).slice(0, limits.observationCharsMax),
  query: draft.query.slice(0, limits.textCharsMax),
  // A text is cut before it is masked, so that no huge one costs much, and again when the mask made it longer.
  observation: redact(oneLine(draft.observation.slice(0, limits.textCharsMax))).slice(0, limits.observationCharsMax),
});
