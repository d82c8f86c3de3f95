import { limits } from '../limits.ts';
import type { InboxEntry } from '../ports/alert-inbox.ts';
import type { Cluster } from '../ports/cluster.ts';
import { type CaseBoard, createCaseBoard } from './case-board.ts';
import { createEarlyEnds } from './early-ends.ts';
import { createFiling, type FilingDeps } from './file-alerts.ts';
import { needsOf } from './grouping.ts';
import { createSurround, type Surround } from './surround.ts';

/** What intake needs beside the road's tools. */
export interface IntakeDeps extends FilingDeps {
  readonly cluster: Pick<Cluster, 'topology'>;
}

/** What one pass over the inbox left there. */
export interface Leftover {
  /** Alerts of new troubles that wait until other cases are closed. */
  readonly waiting: number;
  /** True when a case was closed while an alert was about to join it: another pass finds it another place. */
  readonly again: boolean;
}

const batchMax = 100;

/** Causes before symptoms: what needs nobody is filed first. The order within one workload stays. */
const causesFirst = async (entries: readonly InboxEntry[], surround: Surround): Promise<readonly InboxEntry[]> => {
  if (entries.length < 2) return entries;
  const weighed = await Promise.all(
    entries.map(async (entry) => ({ entry, needs: needsOf(entry.alert, await surround(entry)) })),
  );
  return weighed.toSorted((a, b) => a.needs - b.needs).map(({ entry }) => entry);
};

/**
 * Takes alerts out of the inbox into cases, batch by batch and one batch after the other: two alerts of one trouble must not
 * open two cases. Alerts that join the same case are one page of it.
 */
export const createIntake = (deps: IntakeDeps) => {
  const filing = createFiling(deps);
  const surround = createSurround(deps);
  const earlyEnds = createEarlyEnds();

  const placeOf = async (entry: InboxEntry, board: CaseBoard): Promise<string | undefined> => {
    const known = board.knows(entry);
    if (known !== undefined || entry.alert.status === 'resolved') return known;
    return board.near(entry, await surround(entry));
  };

  /** Opens a case, or files news of an end; false when a new trouble has to wait. */
  const fileAlone = async (entry: InboxEntry, board: CaseBoard): Promise<boolean> => {
    if (entry.alert.status === 'resolved') {
      if (!(await filing.fileLate(entry))) earlyEnds.keep(entry);
      return true;
    }
    if (board.size() >= limits.openCasesMax) return false;
    board.add(await filing.open(entry));
    return true;
  };

  /** The end of a firing that overtook its beginning follows it into its case. */
  const bringEnd = (entry: InboxEntry, board: CaseBoard, join: (uid: string, entry: InboxEntry) => void): void => {
    const home = entry.alert.status === 'firing' ? board.knows(entry) : undefined;
    const end = home === undefined ? undefined : earlyEnds.take(entry);
    if (home !== undefined && end !== undefined) join(home, end);
  };

  /** Finds each entry its place; what opens a case is written at once, what joins one is gathered by case. */
  const sortBatch = async (entries: readonly InboxEntry[]) => {
    const board = createCaseBoard(await deps.cases.open());
    const joins = new Map<string, readonly InboxEntry[]>();
    const join = (uid: string, entry: InboxEntry): void => {
      board.join(uid, entry);
      joins.set(uid, [...(joins.get(uid) ?? []), entry]);
    };
    let waiting = 0;
    for (const entry of await causesFirst(entries, surround)) {
      const place = await placeOf(entry, board);
      if (place !== undefined) join(place, entry);
      else if (!(await fileAlone(entry, board))) waiting += 1;
      bringEnd(entry, board, join);
    }
    return { joins, waiting };
  };

  const fileBatch = async (entries: readonly InboxEntry[]): Promise<Leftover> => {
    const { joins, waiting } = await sortBatch(entries);
    const left: string[] = [];
    for (const [uid, joined] of joins) if (!(await filing.join(uid, joined))) left.push(uid);
    return { waiting, again: left.length > 0 };
  };

  return async (): Promise<Leftover> => {
    let waiting = 0;
    let again = false;
    for (let after = ''; ; ) {
      const entries = await deps.inbox.pending(batchMax, after);
      const last = entries.at(-1);
      if (last === undefined) return { waiting, again };
      const left = await fileBatch(entries);
      waiting += left.waiting;
      again ||= left.again;
      after = last.id;
    }
  };
};
