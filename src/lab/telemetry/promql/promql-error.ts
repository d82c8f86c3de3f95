/** Why a query has no result: `bad_data` when it cannot be read (HTTP 400), `execution` when it cannot be evaluated (HTTP 422). */
export class PromqlError extends Error {
  override readonly name = 'PromqlError';
  readonly type: 'bad_data' | 'execution';

  constructor(type: 'bad_data' | 'execution', message: string) {
    super(message);
    this.type = type;
  }
}

/** The honest answer to valid PromQL that this evaluator does not know. */
export const unsupported = (what: string): PromqlError =>
  new PromqlError('execution', `this laboratory's Prometheus does not support ${what}`);
