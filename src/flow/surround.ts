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
/** A storm comes when the cluster is slow to answer: then the graph that was known before is good enough, or none. */
const topologyWaitMs = 3_000;
/** Namespaces are named by alerts, so anybody may name many. */
const namespacesMax = 200;

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
    // A cluster that does not answer is not asked again for each alert: what was known before, or nothing, has to do.
    const topology = answer.outcome === 'found' ? answer.value : (known.get(name)?.topology ?? { edges: [] });
    known.set(name, { topology, atMs: clock.nowMs() });
    const [oldest] = known.keys();
    if (known.size > namespacesMax && oldest !== undefined) known.delete(oldest);
    return topology;
  };

  const topologyOf = async (name: string): Promise<Surroundings['topology']> => {
    const before = known.get(name);
    if (before !== undefined && clock.nowMs() - before.atMs < topologyFreshMs) return before.topology;
    const asked = asking.get(name) ?? ask(name);
    asking.set(name, asked);
    const fallback = before?.topology ?? { edges: [] };
    const ended = new AbortController();
    const patience = sleep(topologyWaitMs, fallback, { signal: ended.signal }).catch(() => fallback);
    return Promise.race([asked, patience]).finally(() => ended.abort());
  };

  return async ({ alert }) => ({ namespace, topology: await topologyOf(namespaceOf(alert, namespace)) });
};
