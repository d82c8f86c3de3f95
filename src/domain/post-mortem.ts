import type { Instant } from './json.ts';

/** One line of the timeline, from the case file and the journal, never from a model's memory. */
export interface TimelineEntry {
  readonly at: Instant;
  readonly actor: string;
  readonly text: string;
}

/** The written end of a case. `markdown` is the whole document. */
export interface PostMortem {
  readonly at: Instant;
  readonly title: string;
  readonly summary: string;
  readonly timeline: readonly TimelineEntry[];
  readonly lessons: readonly string[];
  readonly markdown: string;
  /** Where the file lies, as the archive names it. */
  readonly location?: string;
}
