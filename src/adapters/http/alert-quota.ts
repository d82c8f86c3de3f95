import { limits } from '../../limits.ts';
import type { AlertInbox } from '../../ports/alert-inbox.ts';
import type { Clock } from '../../ports/clock.ts';
import { inboxFull, type RefusalAnswer, tooManyAlerts } from './refusals.ts';

/** How much may come in: a runaway sender is slowed down, and a full inbox takes nothing more. */
export interface AlertQuota {
  /** The refusal for this sender's next delivery, or null when it may come in. */
  shed(sender: string): Promise<RefusalAnswer | null>;
  /** So many alerts of this sender came in. */
  spend(sender: string, alerts: number): void;
}

const perMs = limits.alertsPerMinuteMax / 60_000;

/** The inbox is counted so often, not at each delivery. */
const countEveryMs = 500;

/** Token buckets by sender. A delivery is let in whole and may leave a debt, for its size is known only after it was read. */
export const createAlertQuota = (deps: {
  readonly inbox: Pick<AlertInbox, 'size'>;
  readonly clock: Clock;
}): AlertQuota => {
  const { inbox, clock } = deps;
  const buckets = new Map<string, { readonly tokens: number; readonly atMs: number }>();
  let counted = { size: 0, atMs: Number.NEGATIVE_INFINITY };

  const tokensOf = (sender: string): number => {
    const bucket = buckets.get(sender);
    if (bucket === undefined) return limits.alertsAtOnceMax;
    return Math.min(limits.alertsAtOnceMax, bucket.tokens + (clock.nowMs() - bucket.atMs) * perMs);
  };

  const isFull = async (): Promise<boolean> => {
    const atMs = clock.nowMs();
    if (atMs - counted.atMs >= countEveryMs) counted = { size: await inbox.size(), atMs };
    return counted.size >= limits.inboxMax;
  };

  return {
    shed: async (sender) => {
      const tokens = tokensOf(sender);
      if (tokens < 1) return tooManyAlerts(Math.max(limits.comeAgainMs, (1 - tokens) / perMs));
      return (await isFull()) ? inboxFull : null;
    },
    spend: (sender, alerts) => {
      buckets.set(sender, { tokens: tokensOf(sender) - alerts, atMs: clock.nowMs() });
    },
  };
};
