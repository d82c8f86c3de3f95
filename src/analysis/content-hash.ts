import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { invariant } from '../domain/bot-error.ts';
import { wholeJson } from '../domain/whole-json.ts';

/** The types of what JSON has no word for. */
const notJson: readonly string[] = ['undefined', 'function', 'symbol', 'bigint'];

/** SHA-256 in hex over the canonical JSON (RFC 8785) of a value: equal content, equal hash, whatever the order of keys. */
export const contentHash = (value: unknown): string => {
  invariant(!notJson.includes(typeof value), 'only JSON can be hashed');
  const text = canonicalize(wholeJson(value)) ?? '';
  return createHash('sha256').update(text).digest('hex');
};
