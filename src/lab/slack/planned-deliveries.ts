import { setTimeout as delay } from 'node:timers/promises';
import type { EnvelopeKind, Link } from './slack-objects.ts';

/** Trouble on the way to the app: the next `times` (1 unless given) deliveries of a kind come in this way. */
export interface PlannedDelivery {
  /** Any kind unless given. */
  readonly kind?: EnvelopeKind;
  /** It is under way for so long. */
  readonly lateMs?: number;
  /** The very same delivery comes so many times more, one after the other. */
  readonly copies?: number;
  /** It never comes: the network swallowed it and every repetition. */
  readonly swallowed?: boolean;
  readonly times?: number;
}

/** A link on which deliveries can be held up, repeated and swallowed. */
export interface TroubledLink extends Link {
  plan(delivery: PlannedDelivery): void;
}

/** Puts planned trouble in front of a link. */
export const createTroubledLink = (link: Link): TroubledLink => {
  let planned: readonly { readonly delivery: PlannedDelivery; readonly left: number }[] = [];

  const meet = (kind: EnvelopeKind): PlannedDelivery => {
    const met = planned.find(({ delivery }) => delivery.kind === undefined || delivery.kind === kind);
    planned = planned
      .map((entry) => (entry === met ? { ...entry, left: entry.left - 1 } : entry))
      .filter((entry) => entry.left > 0);
    return met?.delivery ?? {};
  };

  return {
    ...link,
    plan: (delivery) => {
      planned = [...planned, { delivery, left: delivery.times ?? 1 }];
    },
    deliver: async (kind, payload) => {
      const { lateMs, copies = 0, swallowed } = meet(kind);
      if (swallowed === true) return { acked: false, payload: {}, attempts: 0 };
      if (lateMs !== undefined) await delay(lateMs);
      const first = await link.deliver(kind, payload);
      for (let copy = 0; copy < copies; copy += 1) await link.deliver(kind, payload);
      return first;
    },
  };
};
