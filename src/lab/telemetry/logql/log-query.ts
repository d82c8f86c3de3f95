import type { Matcher } from '../labels.ts';

/** Keeps a line when it holds (`|=`, `|~`) or lacks (`!=`, `!~`) a text or pattern. */
export interface LineFilter {
  readonly op: '|=' | '!=' | '|~' | '!~';
  readonly text: string;
}

/** Lines of some streams. */
export interface LogSelection {
  readonly kind: 'lines';
  readonly matchers: readonly Matcher[];
  readonly filters: readonly LineFilter[];
}

/** Lines counted in a sliding window, summed over labels where a clause says so. */
export interface LogCount {
  readonly kind: 'count';
  readonly of: LogSelection;
  readonly rangeMs: number;
  readonly perSecond: boolean;
  readonly sum?: { readonly clause: 'by' | 'without'; readonly labels: readonly string[] };
}

/** LogQL as far as this evaluator goes. */
export type LogQuery = LogSelection | LogCount;

/** A query that Loki would refuse, or that this one does not know; the message is for people. */
export class LogqlError extends Error {
  override readonly name = 'LogqlError';
}
