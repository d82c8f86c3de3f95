import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseFile } from '../../domain/case-file.ts';
import type { CaseStore } from '../../ports/case-store.ts';
import { findLostMessages } from './lost-messages.ts';
import type { Lane } from './outbox.ts';
import { type SlackTrouble, troubleOf } from './slack-trouble.ts';
import { threadPass } from './thread-pass.ts';
import { fileKeyOf, type ThreadTools, type ThreadWork } from './thread-work.ts';

/** What is needed to bring threads up to date, beside the tools of a pass. */
export interface ThreadWorkerDeps extends ThreadTools {
  readonly cases: Pick<CaseStore, 'read'>;
  /** From 0 to below 1: spreads retries. */
  readonly random: () => number;
  /** Aborted when the bot stops: every wait ends. */
  readonly stopping: AbortSignal;
}

/** The work on one thread while it lasts. */
export interface Work extends ThreadWork {
  failures: number;
  /** Aborted when newer content arrives: ends a short wait early. */
  wake: AbortController;
}

/** Makes passes over one thread until it is equal to its case. */
export interface ThreadWorker {
  run(uid: string, work: Work, channel: string): Promise<void>;
}

const backOff = { firstMs: 500, mostMs: 30_000 } as const;
const uploadTriesMax = 3;

/** Work that has not begun. */
export const newWork = (): Work => ({
  dirty: true,
  suspect: false,
  gone: new Set(),
  uploadTriesLeft: uploadTriesMax,
  laterMs: undefined,
  failures: 0,
  wake: new AbortController(),
});

const fileNamesOf = (tools: ThreadTools, file: CaseFile): Readonly<Record<string, string>> =>
  Object.fromEntries(
    tools
      .render(file, {})
      .flatMap(({ key, attachment }) => (attachment?.place === 'thread' ? [[fileKeyOf(key), attachment.name]] : [])),
  );

const lanes: Readonly<Record<string, Lane>> = { 'chat.postMessage': 'post', 'chat.update': 'edit' };

const untilStopped = (deps: ThreadWorkerDeps, ms: number): Promise<void> =>
  sleep(ms, undefined, { signal: deps.stopping }).catch(() => undefined);

/** Slack counts each method apart: one that is limited must not hold the others up. */
const waitForRate = async (deps: ThreadWorkerDeps, trouble: SlackTrouble): Promise<void> => {
  const lane = lanes[trouble.method];
  const waitMs = Math.max(trouble.retryAfterMs, 100);
  if (lane === undefined) await untilStopped(deps, waitMs);
  else deps.outbox.pause(lane, waitMs);
};

const waitAfter = async (deps: ThreadWorkerDeps, uid: string, after: { work: Work; trouble: SlackTrouble }) => {
  const { work, trouble } = after;
  if (trouble.kind === 'rate_limited') return waitForRate(deps, trouble);
  if (trouble.kind === 'lost') work.suspect = true;
  work.failures += 1;
  const mostMs = Math.min(backOff.mostMs, backOff.firstMs * 2 ** Math.min(work.failures, 10));
  const waitMs = Math.round(mostMs * (0.5 + deps.random() / 2));
  const fields = { uid, code: trouble.code, failures: work.failures, waitMs };
  if (work.failures === 1 || work.failures % 10 === 0)
    deps.log.warn(fields, `The thread lags behind: ${trouble.message}`);
  await untilStopped(deps, waitMs);
};

const waitForLater = async (deps: ThreadWorkerDeps, work: Work): Promise<void> => {
  if (work.dirty || work.laterMs === undefined) return;
  const signal = AbortSignal.any([deps.stopping, work.wake.signal]);
  await sleep(work.laterMs, undefined, { signal }).catch(() => undefined);
  work.dirty = true;
};

/** A worker. Outages are waited out with growing pauses for as long as they last; the newest state wins. */
export const createThreadWorker = (deps: ThreadWorkerDeps): ThreadWorker => {
  // A message may have been posted by an earlier life of this bot, or by another replica, and never entered into the ledger.
  const checked = new Set<string>();

  /** Whether something of this thread may stand in Slack that the ledger does not know. */
  const isDoubtful = async (file: CaseFile, work: Work): Promise<boolean> => {
    const { uid } = file.incident;
    if (work.suspect) return true;
    if (checked.has(uid)) return false;
    checked.add(uid);
    const known = new Set((await deps.shown.of(uid)).map(({ key }) => key));
    return deps.render(file, {}).some(({ key }) => !known.has(key));
  };

  const passOnce = async (uid: string, work: Work, channel: string): Promise<void> => {
    const file = await deps.cases.read(uid);
    if (file === null) return;
    if (await isDoubtful(file, work)) {
      work.suspect = true;
      await findLostMessages(deps, file, { channel, fileNames: fileNamesOf(deps, file) });
      work.suspect = false;
    }
    const shown = new Map((await deps.shown.of(uid)).map((one) => [one.key, one]));
    await threadPass({ tools: deps, file, channel, work, shown });
  };

  return {
    run: async (uid, work, channel) => {
      while (work.dirty && !deps.stopping.aborted) {
        work.dirty = false;
        work.laterMs = undefined;
        work.wake = new AbortController();
        try {
          await passOnce(uid, work, channel);
          work.failures = 0;
          await waitForLater(deps, work);
        } catch (error) {
          work.dirty = true;
          if (!deps.stopping.aborted) await waitAfter(deps, uid, { work, trouble: troubleOf(error, 'show') });
        }
      }
    },
  };
};
