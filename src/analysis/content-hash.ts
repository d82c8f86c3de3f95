import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { invariant } from '../domain/bot-error.ts';
import { wholeJson } from '../domain/whole-json.ts';

/** SHA-256 in hex over the canonical JSON (RFC 8785) of a value: equal content, equal hash, whatever the order of keys. */
export const contentHash = (value: unknown): string => {
  invariant(JSON.stringify(value) !== undefined, 'only JSON can be hashed');
  const text = canonicalize(wholeJson(value)) ?? '';
  return createHash('sha256').update(text).digest('hex');
};
