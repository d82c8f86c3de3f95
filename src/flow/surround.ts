import { setTimeout as sleep } from 'node:timers/promises';
import type { InboxEntry } from '../ports/alert-inbox.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cluster } from '../ports/cluster.ts';
import { namespaceOf } from './alert-subject.ts';
import type { Surroundings } from './grouping.ts';

/** Tells what grouping must know beside an alert. Never rejects for a cluster that does not answer. */
export type Surround = (entry: InboxEntry) => Promise<Surroundings>;

/** The call graph changes with rollouts, not with alerts: for so long an answer is believed without asking again. */
const topologyFreshMs = 15_000;
/** A storm comes when the cluster is slow to answer: by then the graph that was known before is good enough. */
const topologyWaitMs = 2_000;

/** The topology of a namespace, fresh where it can be had soon, else as it was known before. `namespace` is that of alerts which name none. */
export const createSurround = ({
  cluster,
  namespace,
  clock,
}: {
  readonly cluster: Pick<Cluster, 'topology'>;
  readonly namespace: string;
  readonly clock: Clock;
}): Surround => {
  const known = new Map<string, { readonly topology: Surroundings['topology']; readonly atMs: number }>();
  const asking = new Map<string, Promise<Surroundings['topology']>>();

  const ask = async (name: string): Promise<Surroundings['topology']> => {
    const answer = await cluster.topology(name);
    asking.delete(name);
    if (answer.outcome !== 'found') return known.get(name)?.topology ?? { edges: [] };
    known.set(name, { topology: answer.value, atMs: clock.nowMs() });
    return answer.value;
  };

  const topologyOf = async (name: string): Promise<Surroundings['topology']> => {
    const before = known.get(name);
    if (before !== undefined && clock.nowMs() - before.atMs < topologyFreshMs) return before.topology;
    const asked = asking.get(name) ?? ask(name);
    asking.set(name, asked);
    if (before === undefined) return asked;
    const ended = new AbortController();
    const patience = sleep(topologyWaitMs, before.topology, { signal: ended.signal }).catch(() => before.topology);
    return Promise.race([asked, patience]).finally(() => ended.abort());
  };

  return async ({ alert }) => ({ namespace, topology: await topologyOf(namespaceOf(alert, namespace)) });
};
