import { limits } from '../limits.ts';
import type { AlertInbox } from '../ports/alert-inbox.ts';
import type { CaseView } from '../ports/case-view.ts';
import type { Meter } from '../ports/meter.ts';
import { type Ownership, soleOwner } from '../ports/ownership.ts';
import type { Senses } from '../ports/senses.ts';
import { createIntake } from './intake.ts';
import { isLeaseLost } from './lease-lost.ts';
import type { StepName } from './next.ts';
import { createReconciler } from './reconcile.ts';
import type { RoadTools, Step } from './road.ts';
import { createWorkQueue } from './work-queue.ts';

/** The road in operation. */
export interface Road {
  /** Takes up what was left unfinished, then follows inbox and store. */
  start(): Promise<void>;
  /** Lets running steps end. */
  stop(): Promise<void>;
}

/** Intake is one line of work: two alerts of one trouble must not open two cases. */
const inboxKey = 'inbox';

/** Puts intake and the loop together. */
export const createRoad = (deps: {
  readonly tools: RoadTools;
  readonly steps: Readonly<Record<StepName, Step>>;
  readonly inbox: AlertInbox;
  readonly senses: Pick<Senses, 'cluster'>;
  readonly view: CaseView;
  readonly ownership?: Ownership;
  readonly meter: Meter;
  readonly random: () => number;
  /** Where alerts belong that name no namespace. */
  readonly namespace: string;
}): Road => {
  const { tools, inbox, meter, ownership = soleOwner } = deps;
  const reconciler = createReconciler({ ...tools, ...deps });
  const takeIn = createIntake({
    ...{ ...tools, inbox, meter, namespace: deps.namespace },
    cluster: deps.senses.cluster,
    owns: () => ownership.owns(inboxKey),
  });
  const queue = createWorkQueue({
    concurrencyMax: 1,
    nowMs: tools.clock.nowMs,
    work: async () => {
      if (!ownership.owns(inboxKey)) return;
      try {
        const { waiting, again } = await takeIn();
        meter.set('alerts_waiting', waiting);
        if (again) queue.add(inboxKey);
        else if (waiting > 0) queue.addAt(inboxKey, tools.clock.nowMs() + limits.comeAgainMs);
        const open = (await tools.cases.open()).filter((file) => file.closure === undefined);
        meter.set('incidents_open', open.length);
      } catch (error) {
        if (isLeaseLost(error)) return;
        tools.log.error({ err: error }, 'intake failed and will be tried again: the alerts are kept');
        queue.addAt(inboxKey, tools.clock.nowMs() + limits.stepRetryMsMin);
      }
    },
  });
  let unsubscribes: readonly (() => void)[] = [];
  return {
    start: async () => {
      await reconciler.start();
      const takeUp = (): void => queue.add(inboxKey);
      unsubscribes = [inbox.subscribe(takeUp), ownership.subscribe(takeUp)];
      queue.add(inboxKey);
    },
    stop: async () => {
      for (const unsubscribe of unsubscribes) unsubscribe();
      await queue.stop();
      await reconciler.stop();
    },
  };
};
