import type { Clock } from '../../ports/clock.ts';
import type { Priority } from './message.ts';

/** Slack counts posts and edits apart. */
export type Lane = 'post' | 'edit';

/** How fast one lane may go: `burst` at once, then `perSecond` sustained, and never more than `perMinute` in any sixty seconds. */
export interface Pace {
  readonly perSecond: number;
  readonly burst: number;
  readonly perMinute?: number;
}

/** Leave to send once. */
export interface Turn {
  /** The call has an answer or was given up: it cannot arrive later than now, which is what Slack counts from. */
  ended(): void;
  /** Nothing was sent. */
  giveBack(): void;
}

/** Keeps the bot within Slack's rates: whoever wants to send waits for a turn, the most urgent first. */
export interface Outbox {
  /** Resolves when the caller may send; rejects after {@link stop}. */
  turn(lane: Lane, priority: Priority): Promise<Turn>;
  /** Nobody gets a turn in this lane for so long: Slack asked to wait. */
  pause(lane: Lane, forMs: number): void;
  /** How many wait for a turn in this lane. */
  waiting(lane: Lane): number;
  stop(): void;
}

/**
 * One post a second in a channel and fifty edits a minute, with the short bursts that Slack tolerates. A minute holds a few
 * fewer than Slack allows, because a thread of two sends without asking here: a file, a second form of a refused message.
 */
export const slackPaces: Readonly<Record<Lane, Pace>> = {
  post: { perSecond: 1, burst: 10, perMinute: 57 },
  edit: { perSecond: 0.8, burst: 15, perMinute: 47 },
};

const ranks: Readonly<Record<Priority, number>> = { approval: 0, status: 1, evidence: 2 };

interface Waiter {
  readonly rank: number;
  readonly go: (turn: Turn) => void;
  readonly refuse: (error: Error) => void;
}

const minuteMs = 60_000;

/** One lane: whoever wants to go waits for a turn. */
export const createLane = (pace: Pace, clock: Clock) => {
  let tokens = pace.burst;
  let countedAtMs = clock.nowMs();
  let pausedUntilMs = 0;
  let sent: { atMs: number }[] = [];
  let waiting: readonly Waiter[] = [];
  let timer: NodeJS.Timeout | undefined;

  const refill = (): void => {
    const nowMs = clock.nowMs();
    // A clock that is set back must not make a pause of seconds one of hours.
    const backMs = Math.max(0, countedAtMs - nowMs);
    pausedUntilMs -= backMs;
    for (const one of sent) one.atMs -= backMs;
    tokens = Math.min(pace.burst, tokens + (Math.max(0, nowMs - countedAtMs) / 1_000) * pace.perSecond);
    countedAtMs = nowMs;
    sent = sent.filter(({ atMs }) => atMs > nowMs - minuteMs);
  };
  /** Until the oldest of a full minute's turns is a minute old. */
  const minuteWaitMs = (): number => {
    if (sent.length < (pace.perMinute ?? Number.POSITIVE_INFINITY)) return 0;
    return Math.min(...sent.map(({ atMs }) => atMs)) + minuteMs + 1 - clock.nowMs();
  };
  const waitMs = (): number =>
    Math.max(pausedUntilMs - clock.nowMs(), ((1 - tokens) / pace.perSecond) * 1_000, minuteWaitMs(), 0);

  const take = (): Turn => {
    const own = { atMs: clock.nowMs() };
    sent.push(own);
    tokens -= 1;
    return {
      ended: () => {
        own.atMs = Math.max(own.atMs, clock.nowMs());
      },
      giveBack: () => {
        tokens = Math.min(pace.burst, tokens + 1);
        sent = sent.filter((one) => one !== own);
        serve();
      },
    };
  };

  const serve = (): void => {
    clearTimeout(timer);
    timer = undefined;
    refill();
    while (waiting.length > 0 && waitMs() === 0) {
      const first = waiting.reduce((best, one) => (one.rank < best.rank ? one : best));
      waiting = waiting.filter((one) => one !== first);
      first.go(take());
    }
    if (waiting.length > 0) timer = setTimeout(serve, Math.ceil(waitMs()) + 1);
  };

  return {
    turn: (priority: Priority): Promise<Turn> =>
      new Promise((go, refuse) => {
        waiting = [...waiting, { rank: ranks[priority], go, refuse }];
        serve();
      }),
    pause: (forMs: number): void => {
      pausedUntilMs = Math.max(pausedUntilMs, clock.nowMs() + forMs);
      serve();
    },
    waiting: (): number => waiting.length,
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
    turn: (lane, priority) =>
      stopped ? Promise.reject(new Error('the outbox is closed')) : lanes[lane].turn(priority),
    pause: (lane, forMs) => lanes[lane].pause(forMs),
    waiting: (lane) => lanes[lane].waiting(),
    stop: () => {
      stopped = true;
      lanes.post.stop();
      lanes.edit.stop();
    },
  };
};
