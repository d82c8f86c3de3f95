/** Lets a bounded number of threads be worked on at once, the most urgent first. */
export interface PassGate {
  /** Does the work when it is its turn. */
  through<Result>(uid: string, work: () => Promise<Result>): Promise<Result>;
  /** How many threads wait for their turn. */
  waiting(): number;
}

interface Waiter {
  readonly uid: string;
  readonly go: () => void;
}

/**
 * A gate for `max` at once: each pass holds a whole case in memory while it waits for Slack. `urgent` names, of those that
 * wait, the ones that ask people for something.
 */
export const createPassGate = (deps: {
  readonly max: number;
  readonly urgent: () => Promise<ReadonlySet<string>>;
}): PassGate => {
  let running = 0;
  let waiters: readonly Waiter[] = [];
  let choosing = false;

  const choose = async (): Promise<void> => {
    if (choosing) return;
    choosing = true;
    while (running < deps.max && waiters.length > 0) {
      const urgent = waiters.length > 1 ? await deps.urgent().catch(() => new Set<string>()) : new Set<string>();
      const next = waiters.find(({ uid }) => urgent.has(uid)) ?? waiters[0];
      waiters = waiters.filter((one) => one !== next);
      running += 1;
      next?.go();
    }
    choosing = false;
  };

  return {
    through: async (uid, work) => {
      await new Promise<void>((go) => {
        waiters = [...waiters, { uid, go }];
        void choose();
      });
      try {
        return await work();
      } finally {
        running -= 1;
        void choose();
      }
    },
    waiting: () => waiters.length,
  };
};
