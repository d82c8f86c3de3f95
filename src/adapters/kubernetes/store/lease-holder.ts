import type { JsonObject } from '../../../domain/json.ts';
import { textAt } from '../../../domain/json-read.ts';
import type { Log } from '../../../ports/log.ts';
import { type HeldLease, type Mark, passedMs } from './held-leases.ts';
import type { LeaseAnswer, LeaseClient } from './lease-client.ts';
import { givenUp, newLease, readLease, renewed, type SeenLease, takenOver } from './lease-object.ts';
import { leaseTimes } from './lease-times.ts';

/** The Leases that this replica holds, and what it does with them. */
export interface LeaseHolder {
  readonly held: ReadonlyMap<string, HeldLease>;
  now(): Mark;
  /** Whether the holder may act under this lease now. */
  isGood(lease: HeldLease): boolean;
  /** Renews everything that is held; what others took is held no more. True when a lease came back that had lapsed. */
  renewAll(): Promise<boolean>;
  /** Takes a Lease that is free, or makes it. */
  take(name: string, lease: SeenLease | undefined): Promise<void>;
  turn(name: string, phase: HeldLease['phase']): void;
  giveUp(name: string): Promise<void>;
}

interface Renewal {
  readonly sentAt: Mark;
  readonly answer: LeaseAnswer;
}

/** Creates the holder of the shards' Leases. */
export const createLeaseHolder = (deps: {
  readonly client: LeaseClient;
  readonly namespace: string;
  readonly identity: string;
  readonly leaseMs: number;
  readonly clocks: { readonly steadyMs: () => number; readonly wallMs: () => number };
  readonly log: Log;
}): LeaseHolder => {
  const { client, namespace, identity, leaseMs, clocks, log } = deps;
  const held = new Map<string, HeldLease>();
  const times = leaseTimes(leaseMs);
  const now = (): Mark => ({ steadyMs: clocks.steadyMs(), wallMs: clocks.wallMs() });
  const mine = () => ({ identity, durationMs: leaseMs, nowMs: clocks.wallMs() });
  const isGood = ({ renewedAt }: HeldLease): boolean => passedMs(renewedAt, now()) < times.deadlineMs;

  const lose = (name: string): void => {
    held.delete(name);
    log.warn({ lease: name }, 'a lease was lost: another replica goes on with its incidents');
  };

  const renewOnce = async (object: JsonObject): Promise<Renewal> => {
    const sentAt = now();
    const answer = await client.replace(renewed(object, mine()));
    return { sentAt, answer };
  };

  /** Renews what is ours even when we hold an old version of it: the reply to the last renewal may have been lost. */
  const renewAnyhow = async (object: JsonObject): Promise<Renewal> => {
    const first = await renewOnce(object);
    if (first.answer !== 'taken') return first;
    const live = await client.get(textAt(object, 'metadata', 'name'));
    if (typeof live === 'string') return { ...first, answer: live };
    return readLease(live).holder === identity ? renewOnce(live) : first;
  };

  const renew = async (lease: HeldLease): Promise<boolean> => {
    const { name } = lease;
    const lapsed = lease.lapsed || !isGood(lease);
    if (lapsed && !lease.lapsed) held.set(name, { ...lease, lapsed: true });
    const { answer, sentAt } = await renewAnyhow(lease.object);
    if (answer === 'taken') lose(name);
    if (typeof answer === 'string') return false;
    // Nobody took it meanwhile, or it would bear another name: what was lapsed is good again.
    const since = lapsed ? sentAt : lease.since;
    held.set(name, { ...lease, object: answer, renewedAt: sentAt, since, lapsed: false });
    return lapsed;
  };

  return {
    held,
    now,
    isGood,
    renewAll: async () => (await Promise.all([...held.values()].map(renew))).includes(true),
    take: async (name, lease) => {
      const sentAt = now();
      const answer =
        lease === undefined
          ? await client.create(newLease({ name, namespace, purpose: 'shard' }, mine()))
          : await client.replace(takenOver(lease.object, mine()));
      if (typeof answer === 'string') return;
      held.set(name, { name, object: answer, renewedAt: sentAt, phase: 'settling', since: sentAt, lapsed: false });
    },
    turn: (name, phase) => {
      const lease = held.get(name);
      if (lease !== undefined) held.set(name, { ...lease, phase, since: now() });
    },
    giveUp: async (name) => {
      const lease = held.get(name);
      held.delete(name);
      if (lease !== undefined) await client.replace(givenUp(lease.object, clocks.wallMs()));
    },
  };
};
