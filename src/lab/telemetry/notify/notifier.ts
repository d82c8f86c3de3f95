import type { ActiveAlert } from '../alerting/alert-rule.ts';
import { byText } from '../labels.ts';
import { type AlertGroup, createAlertGroups } from './alert-groups.ts';
import type { Delivery } from './post-json.ts';

/** One receiver's side of the alerting: told everything at each evaluation, it sends what the receiver does not know yet. */
export interface Notifier {
  /** Takes the present alerts and starts the deliveries that are due; settles when those are done. */
  tick(nowMs: number, alerts: readonly ActiveAlert[]): Promise<void>;
}

/** Between two tries while the receiver is away: doubled from the first to the last, for at most this many tries of one state. */
export const retryBounds = { firstMs: 1_000, lastMs: 30_000, triesMax: 50 } as const;

interface Told {
  /** What the receiver knows: fingerprints with their states. */
  state: string;
  atMs: number;
}

interface Trouble {
  readonly state: string;
  readonly tries: number;
  readonly nextMs: number;
}

const stateOf = (alerts: AlertGroup['alerts']): string =>
  [...alerts]
    .map(([fingerprint, { state, firedAtMs }]) => `${fingerprint}:${state}:${firedAtMs}`)
    .sort(byText)
    .join();

const firingOf = (alerts: AlertGroup['alerts']): AlertGroup['alerts'] =>
  new Map([...alerts].filter(([, alert]) => alert.state === 'firing'));

const backOffMs = (tries: number): number => Math.min(retryBounds.lastMs, retryBounds.firstMs * 2 ** (tries - 1));

/**
 * Tells a receiver about groups: at once when a group changes, again each `repeatMs` while it fires, and with back-off
 * while the receiver is away. It is level-triggered: what is sent is the state now, so nothing piles up during an outage.
 */
export const createNotifier = (options: {
  readonly repeatMs: number;
  readonly send: (group: AlertGroup) => Promise<Delivery>;
}): Notifier => {
  const groups = createAlertGroups();
  const told = new Map<string, Told>();
  const troubles = new Map<string, Trouble>();
  const underWay = new Set<string>();

  const isDue = (group: AlertGroup, nowMs: number): boolean => {
    if (underWay.has(group.key)) return false;
    const state = stateOf(group.alerts);
    const trouble = troubles.get(group.key);
    if (trouble?.state === state) return trouble.tries < retryBounds.triesMax && nowMs >= trouble.nextMs;
    const known = told.get(group.key);
    if (known?.state !== state) return true;
    return nowMs - known.atMs >= options.repeatMs;
  };

  const settle = (group: AlertGroup, nowMs: number, delivery: Delivery): void => {
    if (delivery === 'unreachable' || delivery === 'troubled') {
      const state = stateOf(group.alerts);
      const before = troubles.get(group.key);
      const tries = (before?.state === state ? before.tries : 0) + 1;
      troubles.set(group.key, { state, tries, nextMs: nowMs + backOffMs(tries) });
      return;
    }
    troubles.delete(group.key);
    groups.forget(group.key, group.alerts);
    const firing = firingOf(group.alerts);
    if (firing.size === 0) told.delete(group.key);
    else told.set(group.key, { state: stateOf(firing), atMs: nowMs });
  };

  const tell = async (group: AlertGroup, nowMs: number): Promise<void> => {
    underWay.add(group.key);
    try {
      settle(group, nowMs, await options.send(group));
    } finally {
      underWay.delete(group.key);
    }
  };

  const tick = async (nowMs: number, alerts: readonly ActiveAlert[]): Promise<void> => {
    groups.take(alerts);
    await Promise.all(
      groups
        .all()
        .filter((group) => isDue(group, nowMs))
        .map((group) => tell(group, nowMs)),
    );
  };

  return { tick };
};
