import { textAt } from '../../domain/json-read.ts';
import { limits } from '../../limits.ts';
import type { KubeReply } from './connection.ts';

/** What the server said about a failure: one bounded line, never its headers. */
export const serverMessage = (reply: Extract<KubeReply, { kind: 'reply' }>): string => {
  const message = textAt(reply.body, 'message').replace(/\s+/g, ' ').trim();
  const words = message === '' ? 'the server gave no reason' : message;
  return `${reply.status}: ${words}`.slice(0, limits.logLineCharsMax);
};
