import type { Clock } from '../ports/clock.ts';
import type { Senses } from '../ports/senses.ts';

/** For so long one answer serves all who ask the same: evidence of one namespace is the same for each of its incidents. */
const sharedMs = 2_000;
const questionsMax = 500;

/** Runs a question once for all who ask it within {@link sharedMs}. */
const createSharing = ({ nowMs }: Pick<Clock, 'nowMs'>) => {
  const asked = new Map<string, { readonly atMs: number; readonly answer: Promise<unknown> }>();
  return <Value>(key: string, ask: () => Promise<Value>): Promise<Value> => {
    const before = asked.get(key);
    if (before !== undefined && nowMs() - before.atMs < sharedMs) return before.answer as Promise<Value>;
    const answer = ask();
    asked.delete(key);
    asked.set(key, { atMs: nowMs(), answer });
    const [oldest] = asked.keys();
    if (asked.size > questionsMax && oldest !== undefined) asked.delete(oldest);
    return answer;
  };
};

/**
 * The senses for collecting evidence: in a storm many incidents ask the same of the same namespace at the same time, and a
 * storm of alerts must not become a storm of queries. Not for checks before and after a write, which must be fresh.
 */
export const shareSenses = (senses: Senses, clock: Pick<Clock, 'nowMs'>): Senses => {
  const share = createSharing(clock);
  const { metrics, logs, cluster, traces } = senses;
  const byNamespace =
    <Value>(name: string, ask: (namespace: string) => Promise<Value>) =>
    (namespace: string): Promise<Value> =>
      share(`${name} ${namespace}`, () => ask(namespace));
  return {
    ...senses,
    metrics: {
      ...metrics,
      series: (request) => share(`series ${JSON.stringify(request)}`, () => metrics.series(request)),
    },
    logs: { ...logs, lines: (request) => share(`lines ${JSON.stringify(request)}`, () => logs.lines(request)) },
    ...(traces === undefined
      ? {}
      : { traces: { spans: (request) => share(`spans ${JSON.stringify(request)}`, () => traces.spans(request)) } }),
    cluster: {
      ...cluster,
      workloads: byNamespace('workloads', cluster.workloads),
      services: byNamespace('services', cluster.services),
      topology: byNamespace('topology', cluster.topology),
      policies: byNamespace('policies', cluster.policies),
      bounds: byNamespace('bounds', cluster.bounds),
      claims: byNamespace('claims', cluster.claims),
      autoscalers: byNamespace('autoscalers', cluster.autoscalers),
      routes: byNamespace('routes', cluster.routes),
      nodes: () => share('nodes', cluster.nodes),
      events: (namespace, since) => share(`events ${namespace} ${since}`, () => cluster.events(namespace, since)),
    },
  };
};
