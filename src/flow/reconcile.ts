import { BotError } from '../domain/bot-error.ts';
import type { CaseFile } from '../domain/case-file.ts';
import { limits } from '../limits.ts';
import type { CaseView } from '../ports/case-view.ts';
import type { Meter } from '../ports/meter.ts';
import { type Ownership, soleOwner } from '../ports/ownership.ts';
import { isLeaseLost } from './lease-lost.ts';
import { next, type StepName } from './next.ts';
import { type RoadTools, type Step, turnPageFor } from './road.ts';
import { createWorkQueue } from './work-queue.ts';

/** The loop that moves every open case along the road. */
export interface Reconciler {
  /** Takes up all open cases and follows the store from then on. */
  start(): Promise<void>;
  /** Lets running steps end; what is unfinished goes on at the next start. */
  stop(): Promise<void>;
}

/** What the loop needs beside the road's tools. `random` yields 0..1 and spreads the retries. */
export interface ReconcileDeps extends RoadTools {
  readonly steps: Readonly<Record<StepName, Step>>;
  readonly view: CaseView;
  /** Which incidents are this replica's to work on; default: all. */
  readonly ownership?: Ownership;
  readonly meter: Meter;
  readonly random: () => number;
}

const describe = (error: unknown): { readonly code: string; readonly message: string } =>
  error instanceof BotError
    ? { code: error.code, message: error.message }
    : { code: 'unexpected', message: error instanceof Error ? error.message : String(error) };

/** Exponential back-off with full jitter (Brooker, AWS Architecture Blog 2015), in ms. */
const backoffMs = (failures: number, random: () => number): number =>
  limits.stepRetryMsMin + random() * Math.min(limits.stepRetryMsMax, limits.stepRetryMsMin * 2 ** failures);

/** A write was intended and nobody knows yet what became of it. */
const isWriting = ({ attempts }: CaseFile): boolean => {
  const { execution, undo } = attempts.at(-1) ?? {};
  return [execution, undo].some((intent) => intent !== undefined && intent.finishedAt === undefined);
};

/** A step that keeps failing must not hold the case for ever: a person takes over, with the reason. */
const giveUp = async (
  deps: ReconcileDeps,
  file: CaseFile,
  failure: { step: StepName; message: string },
): Promise<boolean> => {
  const reason = `The step "${failure.step}" failed ${limits.stepRetriesMax} times: ${failure.message}`;
  const stored = await turnPageFor(deps, file, {
    write: (current) => {
      if (current.closure !== undefined) return { ...current, rememberedAt: current.rememberedAt ?? deps.clock.now() };
      // Another process may have begun to write meanwhile: that is settled first.
      if (isWriting(current)) return null;
      return { ...current, closure: { at: deps.clock.now(), outcome: 'escalated', reason } };
    },
    note: { verb: 'give-up', subject: failure.step, detail: { reason } },
  });
  return stored !== null;
};

/** Creates the loop. A failing step is retried with back-off, then the case goes to a person; nothing else ever catches. */
export const createReconciler = (deps: ReconcileDeps): Reconciler => {
  const { ownership = soleOwner } = deps;
  const failures = new Map<string, number>();
  let unsubscribe = (): void => undefined;
  let disown = (): void => undefined;

  const failed = async (file: CaseFile, step: StepName, error: unknown): Promise<void> => {
    const { uid } = file.incident;
    const key = `${uid} ${step}`;
    if (isLeaseLost(error) || !ownership.owns(uid)) {
      failures.delete(key);
      deps.log.info({ uid, step }, 'a step was left to another replica');
      queue.add(uid);
      return;
    }
    const count = (failures.get(key) ?? 0) + 1;
    const { code, message } = describe(error);
    deps.meter.count('step_failures_total', { step });
    deps.log.warn({ uid, step, code, count, err: error }, 'a step failed');
    // A write whose fate is unknown is never given up: only reading back can settle it.
    const mustSettle = step === 'execute' || step === 'undo';
    if (count >= limits.stepRetriesMax && !mustSettle) {
      failures.delete(key);
      // The case went on without this step: what comes next is asked again.
      if (!(await giveUp(deps, file, { step, message }))) queue.add(uid);
      return;
    }
    failures.set(key, count);
    queue.addAt(uid, deps.clock.nowMs() + backoffMs(count, deps.random));
  };

  const advance = async (uid: string): Promise<void> => {
    if (!ownership.owns(uid)) return; // it is taken up again when it is gained
    const file = await deps.cases.read(uid);
    if (file === null) return;
    const what = next(file, deps.clock.now());
    if (what.kind === 'done') return;
    if (what.kind === 'wait') {
      queue.addAt(uid, Date.parse(what.until));
      return;
    }
    const startedMs = deps.clock.nowMs();
    try {
      await deps.steps[what.step](file);
      failures.delete(`${uid} ${what.step}`);
      deps.meter.observe('step_seconds', (deps.clock.nowMs() - startedMs) / 1000, { step: what.step });
      queue.addFirst(uid);
    } catch (error) {
      await failed(file, what.step, error);
    }
  };

  const work = async (uid: string): Promise<void> => {
    try {
      await advance(uid);
    } catch (error) {
      // The store itself failed: keep the key, or the case would be forgotten until the next start.
      deps.log.error({ uid, err: error }, 'the case store failed');
      queue.addAt(uid, deps.clock.nowMs() + limits.stepRetryMsMax);
    }
  };

  const queue = createWorkQueue({ work, concurrencyMax: limits.reconcileConcurrencyMax, nowMs: deps.clock.nowMs });

  const takeUp = async (): Promise<void> => {
    for (const { incident } of await deps.cases.open()) {
      deps.view.show(incident.uid);
      queue.add(incident.uid);
    }
  };

  return {
    start: async () => {
      unsubscribe = deps.cases.subscribe((uid) => {
        deps.view.show(uid);
        queue.add(uid);
      });
      disown = ownership.subscribe(() => void takeUp());
      await takeUp();
    },
    stop: async () => {
      unsubscribe();
      disown();
      await queue.stop();
    },
  };
};
