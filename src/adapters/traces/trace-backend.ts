import type { Window } from '../../domain/evidence.ts';
import type { Span } from '../../domain/trace.ts';
import type { Asked } from './ask-traces.ts';

/** One trace, as far as it is known. */
export interface Trace {
  readonly traceId: string;
  readonly spans: readonly Span[];
}

/** What is asked of a tracing backend. */
export interface TraceQuestion {
  readonly namespace: string;
  readonly window: Window;
}

/** A tracing backend for the length of one question. */
export interface TraceBackend {
  /** The names of all services that it has traces of. */
  services(): Promise<Asked<readonly string[]>>;
  /** Whole traces that pass through the service in the window, the newest where it can choose; at most `limit`. */
  tracesOf(service: string, limit: number): Promise<Asked<readonly Trace[]>>;
  /** What a person asks to see the same, and where. */
  queryFor(service: string, limit: number): { readonly query: string; readonly link?: string };
}
