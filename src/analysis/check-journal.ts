import type { AuditRecord } from '../domain/audit.ts';
import type { CaseFile } from '../domain/case-file.ts';
import type { LineageFault } from '../domain/lineage.ts';
import { contentHash } from './content-hash.ts';

const placeOf = ({ sequence }: AuditRecord): string => `journal, record #${sequence}`;

const isSound = ({ hash, ...unsigned }: AuditRecord): boolean => contentHash(unsigned) === hash;

/** What is wrong between a record and the one before it in the same list. */
const gapBefore = (record: AuditRecord, before: AuditRecord, isWhole: boolean): readonly LineageFault[] => {
  if (record.sequence === before.sequence) return [{ where: placeOf(record), what: 'is there twice' }];
  if (record.sequence < before.sequence) return [{ where: placeOf(record), what: 'stands behind a later one' }];
  if (record.sequence > before.sequence + 1) {
    const first = before.sequence + 1;
    const last = record.sequence - 1;
    const span = first === last ? `#${first}` : `#${first} to #${last}`;
    return isWhole ? [{ where: `journal, record ${span}`, what: 'is missing' }] : [];
  }
  return record.previousHash === before.hash
    ? []
    : [{ where: placeOf(record), what: 'does not follow from the one before it' }];
};

/** Looks at each record and its place in the chain. `isWhole` says that the list is a whole chain, not one incident's part of a longer one. */
export const faultsInRecords = (records: readonly AuditRecord[], isWhole: boolean): readonly LineageFault[] => {
  const [first] = records;
  const lost =
    isWhole && first !== undefined && first.sequence > 1
      ? [{ where: `journal, record #1 to #${first.sequence - 1}`, what: 'is missing' }]
      : [];
  return [
    ...lost,
    ...records.flatMap((record, index) => {
      const before = records[index - 1];
      const altered = isSound(record) ? [] : [{ where: placeOf(record), what: 'was altered: its hash does not fit' }];
      return [...altered, ...(before === undefined ? [] : gapBefore(record, before, isWhole))];
    }),
  ];
};

/** How often each verb must be in the journal, going by the pages of the case. */
const demanded = (file: CaseFile): readonly (readonly [string, number])[] => {
  const looks = file.earlierLooks?.length ?? 0;
  const attempts = (has: (attempt: CaseFile['attempts'][number]) => boolean): number =>
    file.attempts.filter(has).length;
  return [
    ['open', 1],
    ['context', looks + (file.context === undefined ? 0 : 1)],
    ['verdict', looks + (file.verdict === undefined ? 0 : 1)],
    ['plan', file.attempts.length],
    ['gates-passed', attempts(({ review }) => review?.passed === true)],
    ['gates-refused', attempts(({ review }) => review?.passed === false)],
    ['ask', attempts(({ ask }) => ask !== undefined)],
    ['write-result', attempts(({ execution }) => execution?.finishedAt !== undefined)],
    ['undo-result', attempts(({ undo }) => undo?.finishedAt !== undefined)],
    ['close', file.closure === undefined ? 0 : 1],
    ['post-mortem', file.postMortem === undefined ? 0 : 1],
    ['remembered', file.rememberedAt === undefined ? 0 : 1],
  ];
};

/** Holds the journal against the case file: a page without its record, or a record too many. */
export const faultsAgainstCase = (records: readonly AuditRecord[], file: CaseFile): readonly LineageFault[] => {
  const counted = demanded(file).flatMap(([verb, wanted]): readonly LineageFault[] => {
    const found = records.filter((record) => record.verb === verb).length;
    if (found === wanted) return [];
    const what = found < wanted ? 'is missing from the journal' : 'is in the journal too often';
    return [{ where: `link "${verb}"`, what: `${what}: ${found} of ${wanted}` }];
  });
  const planned = new Set(records.filter(({ verb }) => verb === 'plan').map(({ detail }) => detail.planHash));
  const strange = file.attempts
    .filter(({ plan }) => !planned.has(plan.hash))
    .map(({ plan }) => ({ where: `plan ${plan.hash.slice(0, 12)}`, what: 'is not the one that the journal tells of' }));
  return [...counted, ...strange];
};
