import type { Clock } from '../../ports/clock.ts';
import type { Priority } from './message.ts';

/** Slack counts posts and edits apart. */
export type Lane = 'post' | 'edit';

/** How fast one lane may go: `burst` at once, then `perSecond` sustained. */
export interface Pace {
  readonly perSecond: number;
  readonly burst: number;
}

/** Keeps the bot within Slack's rates: whoever wants to send waits for a turn, the most urgent first. */
export interface Outbox {
  /** Resolves when the caller may send; rejects after {@link stop}. */
  turn(lane: Lane, priority: Priority): Promise<void>;
  /** Gives an unused turn back. */
  giveBack(lane: Lane): void;
  /** Nobody gets a turn in this lane for so long: Slack asked to wait. */
  pause(lane: Lane, forMs: number): void;
  stop(): void;
}

/** One post a second in a channel, and fifty edits a minute, with the short bursts that Slack tolerates. */
export const slackPaces: Readonly<Record<Lane, Pace>> = {
  post: { perSecond: 1, burst: 10 },
  edit: { perSecond: 0.8, burst: 15 },
};

const ranks: Readonly<Record<Priority, number>> = { approval: 0, status: 1, evidence: 2 };

interface Waiter {
  readonly rank: number;
  readonly go: () => void;
  readonly refuse: (error: Error) => void;
}

const createLane = (pace: Pace, clock: Clock) => {
  let tokens = pace.burst;
  let countedAtMs = clock.nowMs();
  let pausedUntilMs = 0;
  let waiting: readonly Waiter[] = [];
  let timer: NodeJS.Timeout | undefined;

  const refill = (): void => {
    const nowMs = clock.nowMs();
    tokens = Math.min(pace.burst, tokens + (Math.max(0, nowMs - countedAtMs) / 1_000) * pace.perSecond);
    countedAtMs = nowMs;
  };
  const waitMs = (): number => Math.max(pausedUntilMs - clock.nowMs(), ((1 - tokens) / pace.perSecond) * 1_000, 0);

  const serve = (): void => {
    clearTimeout(timer);
    timer = undefined;
    refill();
    while (waiting.length > 0 && waitMs() === 0) {
      const first = waiting.reduce((best, one) => (one.rank < best.rank ? one : best));
      waiting = waiting.filter((one) => one !== first);
      tokens -= 1;
      first.go();
    }
    if (waiting.length > 0) timer = setTimeout(serve, Math.ceil(waitMs()) + 1);
  };

  return {
    turn: (priority: Priority): Promise<void> =>
      new Promise((go, refuse) => {
        waiting = [...waiting, { rank: ranks[priority], go, refuse }];
        serve();
      }),
    giveBack: (): void => {
      tokens = Math.min(pace.burst, tokens + 1);
      serve();
    },
    pause: (forMs: number): void => {
      pausedUntilMs = Math.max(pausedUntilMs, clock.nowMs() + forMs);
      serve();
    },
    stop: (): void => {
      clearTimeout(timer);
      for (const { refuse } of waiting) refuse(new Error('the outbox is closed'));
      waiting = [];
    },
  };
};

/** An outbox for one channel. */
export const createOutbox = (clock: Clock, paces: Readonly<Record<Lane, Pace>> = slackPaces): Outbox => {
  const lanes = { post: createLane(paces.post, clock), edit: createLane(paces.edit, clock) };
  let stopped = false;
  return {
    turn: async (lane, priority) => {
      if (stopped) throw new Error('the outbox is closed');
      await lanes[lane].turn(priority);
    },
    giveBack: (lane) => lanes[lane].giveBack(),
    pause: (lane, forMs) => lanes[lane].pause(forMs),
    stop: () => {
      stopped = true;
      lanes.post.stop();
      lanes.edit.stop();
    },
  };
};
