import { BotError } from '../domain/bot-error.ts';
import type { CaseFile } from '../domain/case-file.ts';
import { limits } from '../limits.ts';
import type { CaseView } from '../ports/case-view.ts';
import type { Meter } from '../ports/meter.ts';
import { next, type StepName } from './next.ts';
import { type RoadTools, type Step, turnPage } from './road.ts';
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

/** A step that keeps failing must not hold the case for ever: a person takes over, with the reason. */
const giveUp = async (
  deps: ReconcileDeps,
  file: CaseFile,
  failure: { step: StepName; message: string },
): Promise<void> => {
  const reason = `The step "${failure.step}" failed ${limits.stepRetriesMax} times: ${failure.message}`;
  const { uid } = file.incident;
  await turnPage(deps, uid, {
    write: (current) => {
      if (current.closure !== undefined) return { ...current, rememberedAt: current.rememberedAt ?? deps.clock.now() };
      return { ...current, closure: { at: deps.clock.now(), outcome: 'escalated', reason } };
    },
    note: { verb: 'give-up', subject: failure.step, detail: { reason } },
  });
};

/** Creates the loop. A failing step is retried with back-off, then the case goes to a person; nothing else ever catches. */
export const createReconciler = (deps: ReconcileDeps): Reconciler => {
  const failures = new Map<string, number>();
  let unsubscribe = (): void => undefined;

  const failed = async (file: CaseFile, step: StepName, error: unknown): Promise<void> => {
    const { uid } = file.incident;
    const key = `${uid} ${step}`;
    const count = (failures.get(key) ?? 0) + 1;
    const { code, message } = describe(error);
    deps.meter.count('step_failures_total', { step });
    deps.log.warn({ uid, step, code, count, err: error }, 'a step failed');
    // A write whose fate is unknown is never given up: only reading back can settle it.
    const mustSettle = step === 'execute' || step === 'undo';
    if (count >= limits.stepRetriesMax && !mustSettle) {
      failures.delete(key);
      await giveUp(deps, file, { step, message });
      return;
    }
    failures.set(key, count);
    queue.addAt(uid, deps.clock.nowMs() + backoffMs(count, deps.random));
  };

  const advance = async (uid: string): Promise<void> => {
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
      queue.add(uid);
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

  return {
    start: async () => {
      unsubscribe = deps.cases.subscribe((uid) => {
        deps.view.show(uid);
        queue.add(uid);
      });
      for (const { incident } of await deps.cases.open()) {
        deps.view.show(incident.uid);
        queue.add(incident.uid);
      }
    },
    stop: async () => {
      unsubscribe();
      await queue.stop();
    },
  };
};
