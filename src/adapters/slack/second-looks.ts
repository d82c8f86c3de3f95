import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseFile } from '../../domain/case-file.ts';
import type { CaseStore } from '../../ports/case-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Ownership } from '../../ports/ownership.ts';
import type { Shown, ShownLedger } from '../../ports/shown-ledger.ts';
import { type FoundEntry, readRoots, readThread } from './read-messages.ts';
import { troubleOf } from './slack-trouble.ts';
import type { SlackWeb } from './slack-web.ts';

/** What is needed to look at threads a second time. */
export interface SecondLooksDeps {
  readonly web: SlackWeb;
  readonly shown: ShownLedger;
  readonly clock: Clock;
  readonly log: Log;
  readonly cases: Pick<CaseStore, 'read'>;
  readonly ownership: Pick<Ownership, 'owns'>;
  /** The names of the documents in a thread, by their keys. */
  readonly fileNames: (file: CaseFile) => Readonly<Record<string, string>>;
  /** How long after a doubt everything that was under way has arrived: longer than a call is waited for. */
  readonly arrivedMs: number;
  /** Aborted when the bot stops: every wait ends. */
  readonly stopping: AbortSignal;
  /** Called when a thread was looked at: it can be called complete now. */
  readonly looked: (uid: string) => void;
}

/**
 * Second looks at threads. What was sent before the bot was killed, or gave a call up, may take effect after the first look
 * for it did not find it, and has been posted again by then: one of the two is taken away. Slack has no key that would make a
 * repeated post the same post.
 */
export interface SecondLooks {
  /** Asks for a look at this thread, when what is under way must have arrived; `root` when that may be the thread's root. */
  ask(uid: string, root: boolean): void;
  /** Whether a look at this thread is still to come. */
  isDue(uid: string): boolean;
}

const earlierSeconds = 60;

interface Due {
  readonly atMs: number;
  /** The root's own post may be under way. */
  readonly root: boolean;
}

/** Those that are one too many: the one that the ledger knows stays, or else the first. */
const surplusOf = (found: readonly FoundEntry[], known: ReadonlyMap<string, Shown>): readonly FoundEntry[] =>
  found.filter((one) => {
    const same = found.filter(({ key }) => key === one.key);
    const kept = same.find(({ ts }) => ts === known.get(one.key)?.ts) ?? same[0];
    return kept !== one;
  });

const surplusRoots = async (deps: SecondLooksDeps, file: CaseFile, root: Shown): Promise<readonly FoundEntry[]> => {
  const { uid, openedAt } = file.incident;
  const sinceSeconds = Date.parse(openedAt) / 1_000 - earlierSeconds;
  const roots = await readRoots(deps.web, { channel: root.channel, sinceSeconds, urgency: 'evidence' });
  // Under which people have written already is theirs, too.
  return roots
    .filter((one) => one.uid === uid && one.ts !== root.ts && one.replies === 0)
    .map(({ ts }) => ({ key: 'root', ts, messageTs: ts }));
};

const remove = async (
  deps: SecondLooksDeps,
  uid: string,
  at: { channel: string; entry: FoundEntry },
): Promise<void> => {
  const { key, messageTs } = at.entry;
  try {
    await deps.web.call('chat.delete', { channel: at.channel, ts: messageTs });
    deps.log.info({ uid, key }, 'A message that arrived twice was taken away');
  } catch (error) {
    const trouble = troubleOf(error, 'chat.delete');
    if (trouble.kind !== 'gone' && trouble.kind !== 'unwilling') throw trouble;
  }
};

/** Yields whether the thread stood there to be looked at. */
const lookAt = async (deps: SecondLooksDeps, uid: string, due: Due): Promise<boolean> => {
  const file = deps.ownership.owns(uid) ? await deps.cases.read(uid) : null;
  if (file === null) return true;
  const known = new Map((await deps.shown.of(uid)).map((one) => [one.key, one]));
  const root = known.get('root');
  if (root === undefined) return false;
  const { channel } = root;
  const found = await readThread(deps.web, root, { uid, fileNames: deps.fileNames(file), urgency: 'evidence' });
  const roots = due.root ? await surplusRoots(deps, file, root) : [];
  for (const entry of [...surplusOf(found, known), ...roots]) await remove(deps, uid, { channel, entry });
  return true;
};

/** Starts without looks to come; they are made one after the other, after everything that is more urgent. */
export const createSecondLooks = (deps: SecondLooksDeps): SecondLooks => {
  const dues = new Map<string, Due>();
  let isRunning = false;

  const put = (uid: string, root: boolean): Due => {
    const due = { atMs: deps.clock.nowMs() + deps.arrivedMs, root };
    dues.set(uid, due);
    return due;
  };
  const lookOnce = async (uid: string, due: Due): Promise<void> => {
    // A clock that was set must not make a wait of seconds one of hours.
    const waitMs = Math.min(Math.max(due.atMs - deps.clock.nowMs(), 0), deps.arrivedMs);
    await sleep(waitMs, undefined, { signal: deps.stopping });
    if (dues.get(uid) !== due) return;
    try {
      const isDone = await lookAt(deps, uid, due);
      if (dues.get(uid) !== due) return;
      if (!isDone) return void put(uid, due.root);
      dues.delete(uid);
      deps.looked(uid);
    } catch (error) {
      const { code, message } = troubleOf(error, 'second look');
      deps.log.warn({ uid, code }, `A thread could not be looked at again yet: ${message}`);
      put(uid, due.root);
    }
  };
  const run = async (): Promise<void> => {
    while (dues.size > 0 && !deps.stopping.aborted) {
      const [first] = [...dues].sort(([, one], [, other]) => one.atMs - other.atMs);
      if (first !== undefined) await lookOnce(...first);
    }
    // In the same breath as the last look at what is due: who asks later starts a new round.
    isRunning = false;
  };
  const start = (): void => {
    if (isRunning) return;
    isRunning = true;
    // It rejects only when the bot stops.
    run().catch(() => undefined);
  };

  return {
    ask: (uid, root) => {
      put(uid, root || dues.get(uid)?.root === true);
      start();
    },
    isDue: (uid) => dues.has(uid),
  };
};
