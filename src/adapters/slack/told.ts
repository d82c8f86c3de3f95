import { type CaseFile, type CaseSummary, phaseOf } from '../../domain/case-file.ts';
import type { Desk } from '../../ports/desk.ts';
import type { Shown } from '../../ports/shown-ledger.ts';

/** The ledger's key for how far a thread has told its case. */
export const toldKey = 'told';

/** What a thread shows that tells this page of a case in the present mode: the ledger's word for a complete thread. */
export const toldMark = (file: Pick<CaseFile, 'version'>, desk: Pick<Desk, 'mode'>): string =>
  `page ${file.version}, ${desk.mode().effective}`;

/** Whether the ledger says that the thread is complete. */
export const isTold = (entries: Iterable<Shown>, mark: string): boolean =>
  [...entries].some(({ key, hash }) => key === toldKey && hash === mark);

/** Whether a case stays as it is for a while, so that it is worth entering that its thread is complete. */
export const isSettled = (file: CaseFile | CaseSummary): boolean =>
  file.closure !== undefined || phaseOf(file) === 'awaiting_approval';
