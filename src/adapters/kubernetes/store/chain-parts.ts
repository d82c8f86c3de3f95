import { emptyChain, followChain, linkRecord } from '../../../analysis/audit-chain.ts';
import type { AuditRecord } from '../../../domain/audit.ts';
import type { Instant } from '../../../domain/json.ts';
import type { JournalEntry } from '../../../ports/journal.ts';
import type { Records } from './records.ts';

/** A hash chain as it is stored: full parts that never change any more, and the newest part. */
export interface StoredChain {
  readonly chain: readonly AuditRecord[];
  readonly parts: number;
}

/** When a part is full: it must fit beside a case file, and be written anew with every line. */
const recordsMax = 150;
const charsMax = 150_000;

/** Whether the newest part is to be set aside before another record is linked. */
export const isFull = ({ chain }: StoredChain): boolean =>
  chain.length > 1 && (chain.length >= recordsMax || JSON.stringify(chain).length >= charsMax);

const partKey = (uid: string, part: number): string => `${uid}/${part}`;

/** Sets a full part aside as a record. Idempotent: a full part does not change, so whoever else does it stores the same. */
export const setAside = async (records: Records, uid: string, stored: StoredChain): Promise<void> => {
  await records.create('journal', partKey(uid, stored.parts + 1), JSON.stringify(stored.chain));
};

/** The chain with one more record. A part that follows a full one, which was set aside before, begins with its last record. */
export const linked = (
  stored: StoredChain,
  entry: JournalEntry,
  at: Instant,
): StoredChain & { readonly record: AuditRecord } => {
  const last = stored.chain.at(-1);
  const record = linkRecord(last ?? emptyChain, entry, at);
  if (last === undefined || !isFull(stored)) return { chain: [...stored.chain, record], parts: stored.parts, record };
  return { chain: [last, record], parts: stored.parts + 1, record };
};

const joined = (parts: readonly (readonly AuditRecord[])[]): readonly AuditRecord[] =>
  parts.flatMap((part, index) => {
    const [last, first] = [parts[index - 1]?.at(-1), part[0]];
    const repeats = last !== undefined && first?.sequence === last.sequence && first.hash === last.hash;
    return repeats ? part.slice(1) : part;
  });

/** All records of a chain, first to last. A part that is missing leaves a gap, which {@link breakOf} sees. */
export const wholeChain = async (
  records: Records,
  uid: string,
  stored: StoredChain,
): Promise<readonly AuditRecord[]> => {
  const earlier: (readonly AuditRecord[])[] = [];
  for (let part = 1; part <= stored.parts; part += 1) {
    const record = await records.get('journal', partKey(uid, part));
    earlier.push(record === null ? [] : (JSON.parse(record.value) as readonly AuditRecord[]));
  }
  return joined([...earlier, stored.chain]);
};

/** The sequence at which a chain is broken, or null. */
export const breakOf = (records: readonly AuditRecord[]): number | null => {
  const end = followChain(emptyChain, records);
  return typeof end === 'number' ? end : null;
};

/** Removes the parts of a chain that were set aside. */
export const removeParts = async (records: Records, uid: string, parts: number): Promise<void> => {
  for (let part = 1; part <= parts; part += 1) await records.remove('journal', partKey(uid, part));
};
