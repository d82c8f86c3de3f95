import type { Attempt } from '../domain/attempt.ts';
import { invariant } from '../domain/bot-error.ts';
import type { CaseFile } from '../domain/case-file.ts';
import type { JsonObject } from '../domain/json.ts';
import type { CaseStore } from '../ports/case-store.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { Journal, JournalEntry } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';

/** What every step has at hand: the truth, the time and the journal. */
export interface RoadTools {
  readonly cases: CaseStore;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** One step: reads the case and writes its page through {@link turnPageFor}. Throws BotError when it should be tried again. */
export type Step = (file: CaseFile) => Promise<void>;

/** What the journal says of a page. */
export interface PageNote {
  readonly actor?: string;
  readonly verb: string;
  readonly subject?: string;
  readonly detail?: JsonObject;
}

/** More lost races than this on one case mean a livelock, which is a programmer's mistake. */
const racesMax = 50;

const entryOf = (uid: string, note: PageNote | ((written: CaseFile) => PageNote), written: CaseFile): JournalEntry => {
  const { actor = 'bot', verb, subject = '', detail = {} } = typeof note === 'function' ? note(written) : note;
  return { uid, actor, verb, subject, detail };
};

/**
 * Writes one page and its line in the journal with compare-and-swap. `write` sees the newest file and returns the next one, or null when there is nothing
 * (any more) to write: losing a race is normal, and the winner may have made the page needless.
 */
export const turnPage = async (
  tools: RoadTools,
  uid: string,
  page: {
    readonly write: (file: CaseFile) => CaseFile | null;
    readonly note: PageNote | ((written: CaseFile) => PageNote);
  },
): Promise<CaseFile | null> => {
  for (let race = 0; race < racesMax; race += 1) {
    const file = await tools.cases.read(uid);
    invariant(file !== null, `case ${uid} is in the store`);
    const written = page.write(file);
    if (written === null) return null;
    const stored = await tools.cases.replace(written, entryOf(uid, page.note, written));
    if (stored === null) continue;
    return stored;
  }
  throw new Error(`case ${uid}: lost ${racesMax} races in a row`);
};

/** Whether a case is still at the place of the road where a step found it: the same look, the same attempt, open or closed. */
const isWhereItWas = (found: CaseFile, current: CaseFile): boolean =>
  (found.closure === undefined) === (current.closure === undefined) &&
  found.attempts.length === current.attempts.length &&
  found.earlierLooks?.length === current.earlierLooks?.length;

/**
 * {@link turnPage} for a step that found the case as `file`. Nothing is written when the case has gone on meanwhile: what the
 * step found out is about a look or an attempt that is over, and the loop asks anew what comes next.
 */
export const turnPageFor = (tools: RoadTools, file: CaseFile, page: Parameters<typeof turnPage>[2]) =>
  turnPage(tools, file.incident.uid, {
    ...page,
    write: (current) => (isWhereItWas(file, current) ? page.write(current) : null),
  });

/** The file with its newest attempt changed. */
export const withAttempt = (file: CaseFile, change: Partial<Attempt>): CaseFile => {
  const attempt = file.attempts.at(-1);
  invariant(attempt !== undefined, 'the case has an attempt');
  return { ...file, attempts: [...file.attempts.slice(0, -1), { ...attempt, ...change }] };
};
