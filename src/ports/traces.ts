import type { Window } from '../domain/evidence.ts';
import type { Span } from '../domain/trace.ts';
import type { Answer } from './answer.ts';

/** Spans of a namespace, behind a tracing backend or a recorded world: at most `limit`, whole traces where possible. */
export interface Traces {
  spans(request: {
    readonly namespace: string;
    /** Whose traces are wanted, the most wanted first. A source that holds few traces may give all of them. */
    readonly workloads: readonly string[];
    readonly window: Window;
    readonly limit: number;
  }): Promise<Answer<readonly Span[]>>;
}
