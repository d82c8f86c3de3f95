import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { invariant } from '../domain/bot-error.ts';

/** SHA-256 in hex over the canonical JSON (RFC 8785) of a value: equal content, equal hash, whatever the order of keys. */
export const contentHash = (value: unknown): string => {
  const text = canonicalize(value);
  invariant(text !== undefined, 'only JSON can be hashed');
  return createHash('sha256').update(text).digest('hex');
};
