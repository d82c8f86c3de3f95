import { BotError } from '../../domain/bot-error.ts';

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved now',
  ENOENT: 'a file that the kubeconfig names does not exist',
  UND_ERR_SOCKET: 'connection closed',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
};

const codeOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? codeOf(error.cause) : '';
};

/** Why no reply came, in words that are safe to show: the raw message may hold headers, and so tokens. */
export const silenceReason = (error: unknown): string => {
  if (error instanceof BotError) return error.message;
  const code = codeOf(error);
  const name = error instanceof Error ? error.name : 'unknown trouble';
  return words[code] ?? `the connection failed (${code === '' ? name : code})`;
};
