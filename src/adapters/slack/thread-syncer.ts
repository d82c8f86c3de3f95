import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseView } from '../../ports/case-view.ts';
import { createThreadWorker, newWork, type ThreadWorkerDeps, type Work } from './thread-worker.ts';

/** Makes threads equal to their cases, whenever Slack allows. */
export interface ThreadSyncer extends CaseView {
  /** From now on threads are shown; what was asked for before has waited. `channel` is an id. */
  open(channel: string): void;
  /** A person deleted this message: it is shown again. */
  messageDeleted(uid: string, key: string): void;
  /** Resolves when nothing is left to show, or after `withinMs`. */
  settled(withinMs: number): Promise<void>;
  /** Ends every wait. Nothing is lost: what was not shown is shown after the next start. */
  stop(): void;
}

/** A syncer: one serial queue for each incident. */
export const createThreadSyncer = (deps: Omit<ThreadWorkerDeps, 'stopping' | 'again'>): ThreadSyncer => {
  const stopping = new AbortController();
  // Every thread that waits listens to it, and there are as many as incidents.
  setMaxListeners(0, stopping.signal);
  const worker = createThreadWorker({ ...deps, stopping: stopping.signal, again: (uid) => show(uid) });
  const works = new Map<string, { readonly work: Work; readonly done: Promise<void> }>();
  let open: (channel: string) => void = () => undefined;
  const opened = new Promise<string>((resolve) => {
    open = resolve;
  });

  const run = async (uid: string, work: Work): Promise<void> => {
    const channel = await opened;
    // The last look and the farewell happen without a pause between them, or a change could be forgotten.
    do await worker.run(uid, work, channel);
    while (work.dirty && !stopping.signal.aborted);
    works.delete(uid);
  };

  const workOf = (uid: string): Work => {
    const existing = works.get(uid);
    if (existing !== undefined) return existing.work;
    const work = newWork();
    works.set(uid, { work, done: run(uid, work) });
    return work;
  };

  const show = (uid: string): void => {
    if (stopping.signal.aborted) return;
    const work = workOf(uid);
    work.dirty = true;
    work.wake.abort();
  };

  return {
    show,
    open: (channel) => open(channel),
    messageDeleted: (uid, key) => {
      if (stopping.signal.aborted) return;
      workOf(uid).gone.add(key);
      show(uid);
    },
    settled: async (withinMs) => {
      const all = Promise.all([...works.values()].map(({ done }) => done));
      const ended = new AbortController();
      await Promise.race([all, sleep(withinMs, undefined, { signal: ended.signal }).catch(() => undefined)]);
      ended.abort();
    },
    stop: () => {
      stopping.abort();
      deps.outbox.stop();
    },
  };
};
