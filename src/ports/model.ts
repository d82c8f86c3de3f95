import type { JsonObject } from '../domain/json.ts';

/** A question for the local model. `data` is fenced and escaped by the adapter; it is never part of the instructions. */
export interface Question {
  readonly purpose: 'network' | 'database' | 'compute' | 'director';
  readonly instructions: string;
  readonly data: string;
  /** JSON schema that the answer must satisfy. */
  readonly schema: JsonObject;
}

/** The model's answer: parsed JSON that satisfied the schema, or why there is none. Never throws. */
export type ModelAnswer =
  | { readonly kind: 'answered'; readonly value: unknown; readonly tookMs: number }
  | { readonly kind: 'off' }
  | { readonly kind: 'failed'; readonly reason: string; readonly tookMs: number };

/** Local inference. One budget (inferenceMsMax) covers queueing, retries and the answer. */
export interface Model {
  /** Shown to people: `none`, or `ollama (llama3.2)`. */
  readonly label: string;
  ask(question: Question): Promise<ModelAnswer>;
  /** One cheap round trip: does it answer within its budget? */
  probe(): Promise<ModelAnswer>;
}
