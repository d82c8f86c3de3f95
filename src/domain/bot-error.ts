/** Trouble in operation at a port: `code` for programs, `message` for people, `retryable` for the loop. */
export class BotError extends Error {
  override readonly name = 'BotError';
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Stops the program's step when something that must be true is not: a programmer's mistake, never trouble in operation. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}
