import type { JsonObject } from './slack-objects.ts';

/** A method's `ok: false` answer: Slack's error code and what else the answer holds. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly more: JsonObject;

  constructor(code: string, more: JsonObject = {}) {
    super(code);
    this.code = code;
    this.more = more;
  }
}

/** Ends the method with an `ok: false` answer. */
export const refuse = (code: string, more: JsonObject = {}): never => {
  throw new Refusal(code, more);
};

/** Ends the method with the reasons listed in Slack's way. */
export const refuseWith = (code: string, messages: readonly string[]): never =>
  refuse(code, { response_metadata: { messages } });
