import { BrokenCircuitError, BulkheadRejectedError, TaskCancelledError } from 'cockatiel';

const reasonCharsMax = 200;

/** The model answered, twice, with something that is not the JSON it was asked for. */
export class UnfitAnswer extends Error {
  override readonly name = 'UnfitAnswer';
}

const statusOf = (error: unknown): number | undefined => {
  const status: unknown = (error as { readonly status_code?: unknown } | null)?.status_code;
  return typeof status === 'number' ? status : undefined;
};

const isAbort = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');

/** A server that is busy, crashed or gone for a moment: worth another try. Wrong requests and unfit answers are not. */
export const isTransient = (error: unknown): boolean => {
  if (!(error instanceof Error) || error instanceof UnfitAnswer || isAbort(error)) return false;
  const status = statusOf(error);
  if (status !== undefined) return status >= 500 || status === 429;
  return /fetch failed|terminated|did not receive done|socket|econn|other side closed|runner|network/i.test(
    error.message,
  );
};

/** What the circuit breaker counts: a server that never answers is as bad as one that refuses. */
export const isBreaking = (error: unknown): boolean => isTransient(error) || isAbort(error);

const connectionReason = (error: Error): string => {
  const cause: unknown = error.cause;
  const code = (cause as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? `the model's host gave no answer (${code})` : "the model's host gave no answer";
};

/** One bounded half sentence of why there is no answer, for people. */
export const troubleInWords = (error: unknown, budgetMs: number): string => {
  // cockatiel's own `isTaskCancelledError` looks for the mark of another error, so the classes are asked.
  if (error instanceof TaskCancelledError || isAbort(error)) return `no answer within ${budgetMs / 1000} s`;
  if (error instanceof BulkheadRejectedError) return 'too many questions already wait for the model';
  if (error instanceof BrokenCircuitError)
    return 'the model failed several times in a row and is left alone for a moment';
  if (!(error instanceof Error)) return 'unknown trouble';
  if (/fetch failed|terminated|other side closed/i.test(error.message)) return connectionReason(error);
  return error.message.replace(/\s+/g, ' ').slice(0, reasonCharsMax);
};
