import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseStore } from '../../ports/case-store.ts';
import type { Lane } from './outbox.ts';
import { createPassGate } from './pass-gate.ts';
import { type SlackTrouble, troubleOf } from './slack-trouble.ts';
import { createThreadDoubts } from './thread-doubts.ts';
import { threadPass } from './thread-pass.ts';
import type { ThreadTools, ThreadWork } from './thread-work.ts';
import { createUrgentCases } from './urgent-cases.ts';

/** What is needed to bring threads up to date, beside the tools of a pass. */
export interface ThreadWorkerDeps extends Omit<ThreadTools, 'isBusy' | 'isUnsure' | 'raiseDoubt' | 'read'> {
  readonly cases: Pick<CaseStore, 'read' | 'open'>;
  /** From 0 to below 1: spreads retries. */
  readonly random: () => number;
  /** Aborted when the bot stops: every wait ends. */
  readonly stopping: AbortSignal;
  /** How long after a doubt everything that was under way has arrived. */
  readonly arrivedMs: number;
  /** Asks for another pass over a thread that nothing is under way to any more. */
  readonly again: (uid: string) => void;
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

/** Each thread that is worked on holds its whole case in memory. */
const threadsAtOnceMax = 12;

/** Half a minute of posts that wait: from there on evidence is left out. */
const backlogMax = 30;

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
  const gate = createPassGate({ max: threadsAtOnceMax, urgent: createUrgentCases(deps) });
  const isBusy = (): boolean => gate.waiting() + deps.outbox.waiting('post') > backlogMax;
  const doubts = createThreadDoubts(deps);

  const passOnce = async (uid: string, work: Work, channel: string): Promise<void> => {
    const file = deps.ownership.owns(uid) ? await deps.cases.read(uid) : null;
    if (file === null) return;
    if (await doubts.isFirstLookDue(file)) work.suspect = true;
    if (work.suspect) await doubts.findLost(file, channel);
    work.suspect = false;
    const shown = new Map((await deps.shown.of(uid)).map((one) => [one.key, one]));
    const tools = { ...deps, isBusy, isUnsure: doubts.isUnsure, raiseDoubt: doubts.raise, read: deps.cases.read };
    await threadPass({ tools, file, messages: [], isOverrun: false, channel, work, shown });
  };

  const waitOut = async (uid: string, work: Work, trouble: SlackTrouble): Promise<void> => {
    work.dirty = true;
    if (trouble.kind === 'lost') await doubts.raise(uid);
    if (!deps.stopping.aborted) await waitAfter(deps, uid, { work, trouble });
  };

  return {
    run: async (uid, work, channel) => {
      while (work.dirty && !deps.stopping.aborted) {
        work.dirty = false;
        work.laterMs = undefined;
        work.wake = new AbortController();
        try {
          await gate.through(uid, () => passOnce(uid, work, channel));
          work.failures = 0;
          await waitForLater(deps, work);
        } catch (error) {
          await waitOut(uid, work, troubleOf(error, 'show'));
        }
      }
    },
  };
};
