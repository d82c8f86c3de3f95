import type { Window } from '../domain/evidence.ts';
import type { Instant } from '../domain/json.ts';
import type { Answer } from './answer.ts';

/** One raw log line. Its text is data from outside. */
export interface LogLine {
  readonly at: Instant;
  readonly workload: string;
  readonly pod: string;
  readonly text: string;
  /** The span that wrote it, where the source knows. */
  readonly span?: { readonly traceId: string; readonly spanId: string };
}

/** Log lines of a namespace, behind Loki or a recorded world. At most `limit` newest lines, oldest first. */
export interface Logs {
  /** Whether its lines may know their spans; absent where none ever does. */
  readonly tellsSpans?: boolean;
  lines(request: {
    readonly namespace: string;
    readonly workload?: string;
    readonly window: Window;
    readonly limit: number;
  }): Promise<Answer<readonly LogLine[]>>;
}
