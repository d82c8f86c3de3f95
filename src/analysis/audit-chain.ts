import type { AuditRecord } from '../domain/audit.ts';
import type { Instant } from '../domain/json.ts';
import { wholeJson } from '../domain/whole-json.ts';
import { contentHash } from './content-hash.ts';

/** What the first record of a chain points to, so that a chain that lost its beginning is seen. */
const genesis = '0'.repeat(64);

/** What the next record of a chain must say of its predecessor. */
export interface ChainEnd {
  readonly sequence: number;
  readonly hash: string;
}

/** The end of a chain without records. */
export const emptyChain: ChainEnd = { sequence: 0, hash: genesis };

/** The record that follows a chain's end: SHA-256 over its canonical JSON, the predecessor's hash included. */
export const linkRecord = (
  end: ChainEnd,
  entry: Pick<AuditRecord, 'uid' | 'actor' | 'verb' | 'subject' | 'detail'>,
  at: Instant,
): AuditRecord => {
  const unsigned = { sequence: end.sequence + 1, at, ...wholeJson(entry), previousHash: end.hash };
  return { ...unsigned, hash: contentHash(unsigned) };
};

/** Follows records from a chain's end: the new end, or the sequence at which the chain is broken. */
export const followChain = (end: ChainEnd, records: Iterable<AuditRecord>): ChainEnd | number => {
  let last = end;
  for (const { hash, ...unsigned } of records) {
    const follows = unsigned.sequence === last.sequence + 1 && unsigned.previousHash === last.hash;
    if (!follows || contentHash(unsigned) !== hash) return last.sequence + 1;
    last = { sequence: unsigned.sequence, hash };
  }
  return last;
};
