import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseFile } from '../../domain/case-file.ts';
import { createFindRoot } from './find-root.ts';
import { findLostMessages } from './lost-messages.ts';
import type { Message } from './message.ts';
import { readRoots } from './read-messages.ts';
import { createSecondLooks } from './second-looks.ts';
import { fileKeyOf } from './thread-work.ts';
import type { ThreadWorkerDeps } from './thread-worker.ts';
import { isTold } from './told.ts';

/** What may stand in a thread, or still come into it, without the ledger knowing. */
export interface ThreadDoubts {
  /** Whether messages of this thread have to be looked for before anything is posted: once after each take-over, where the ledger lacks some. */
  isFirstLookDue(file: CaseFile): Promise<boolean>;
  /** Enters what is found in Slack and not in the ledger. Throws SlackTrouble. */
  findLost(file: CaseFile, channel: string): Promise<void>;
  /** Nobody knows whether a call about this thread took effect, or still will. */
  raise(uid: string): Promise<void>;
  /** Whether something may still be under way. */
  isUnsure(uid: string): boolean;
}

/** What an earlier life sent in its last moment is mostly there by then. */
const onTheWayMs = 1_500;

const fileNamesOf = (messages: readonly Message[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    messages.flatMap(({ key, attachment }) =>
      attachment?.place === 'thread' ? [[fileKeyOf(key), attachment.name]] : [],
    ),
  );

/** Starts with every thread in doubt that an earlier life, or another replica, may have worked on. */
export const createThreadDoubts = (deps: ThreadWorkerDeps): ThreadDoubts => {
  const { web, shown, clock, ownership } = deps;
  const bornMs = clock.nowMs();
  /** By incident: since when it was this replica's when it was taken over. */
  const takenOver = new Map<string, number | null>();
  const findRoot = createFindRoot(
    async (channel, sinceSeconds) =>
      new Map((await readRoots(web, { channel, sinceSeconds })).map(({ uid, ts }) => [uid, ts])),
  );
  const fileNames = (file: CaseFile) => fileNamesOf(deps.render(file, {}));
  const looks = createSecondLooks({ ...deps, fileNames, looked: deps.again });

  const untilArrived = async (): Promise<void> => {
    const ageMs = Math.abs(clock.nowMs() - bornMs);
    if (ageMs < onTheWayMs)
      await sleep(onTheWayMs - ageMs, undefined, { signal: deps.stopping }).catch(() => undefined);
  };

  return {
    isFirstLookDue: async (file) => {
      const { uid, openedAt } = file.incident;
      const since = ownership.ownedSinceMs(uid);
      if (takenOver.get(uid) === since) return false;
      const known = await shown.of(uid);
      const keys = new Set(known.map(({ key }) => key));
      const isOlder = Date.parse(openedAt) < Math.max(bornMs, since ?? 0);
      if (isOlder && !isTold(known, deps.mark(file))) looks.ask(uid, !keys.has('root'));
      takenOver.set(uid, since);
      const messages = deps.render(file, {});
      return [...messages.map(({ key }) => key), ...Object.keys(fileNamesOf(messages))].some((key) => !keys.has(key));
    },
    findLost: async (file, channel) => {
      await untilArrived();
      await findLostMessages({ web, shown, clock, findRoot }, file, { channel, fileNames: fileNames(file) });
    },
    raise: async (uid) => {
      const known = await shown.of(uid).catch(() => []);
      looks.ask(uid, !known.some(({ key }) => key === 'root'));
    },
    isUnsure: looks.isDue,
  };
};
