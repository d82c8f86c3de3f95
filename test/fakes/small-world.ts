import type { EvidenceData, MetricData, Window } from '../../src/domain/evidence.ts';
import type { Answer } from '../../src/ports/answer.ts';
import type { ChangeLog } from '../../src/ports/change-log.ts';
import type { Cluster } from '../../src/ports/cluster.ts';
import type { LogLine, Logs } from '../../src/ports/logs.ts';
import type { ActiveAlert, Metrics } from '../../src/ports/metrics.ts';
import { calm, topology } from './synthetic-context.ts';

/** The sources of a small world, each of which can be made to fall silent or to hang. */
export interface SmallWorld {
  readonly metrics: Metrics;
  readonly cluster: Cluster;
  readonly logs: Logs;
  readonly changes: ChangeLog;
}

const keyOf = (data: EvidenceData): string => {
  switch (data.kind) {
    case 'metric':
      return `${data.signal} ${data.edge?.from ?? ''} ${data.workload}`;
    case 'workload':
      return `workload ${data.workload.name}`;
    case 'service':
      return `service ${data.service.name}`;
    case 'log':
      return `log ${data.workload}`;
    default:
      return `${data.kind} ${JSON.stringify(data)}`;
  }
};

const inside = (data: MetricData, window: Window): MetricData => ({
  ...data,
  points: data.points.filter(([at]) => at >= Date.parse(window.from) / 1000 && at <= Date.parse(window.to) / 1000),
});

const linesOf = (data: EvidenceData, workload: string, quiet: boolean, at: string): readonly LogLine[] =>
  data.kind === 'log' && data.workload === workload
    ? data.patterns.flatMap(({ example, count, countBefore }) =>
        Array.from({ length: quiet ? countBefore : count }, () => ({
          at,
          workload,
          pod: `${workload}-1`,
          text: example,
        })),
      )
    : [];

/** A world whose ports answer what the given observations say; `silent` names the sources that give no answer, `hanging` those that never return. */
export const createSmallWorld = (
  differences: readonly EvidenceData[] = [],
  moods: {
    readonly silent?: readonly string[];
    readonly hanging?: readonly string[];
    readonly throwing?: readonly string[];
    readonly firing?: readonly ActiveAlert[];
  } = {},
): SmallWorld => {
  const all = [...new Map([...calm, ...differences].map((data) => [keyOf(data), data])).values()];
  const ofKind = <K extends EvidenceData['kind']>(kind: K) =>
    all.filter((data): data is Extract<EvidenceData, { kind: K }> => data.kind === kind);

  const answer = <T>(source: string, query: string, values: readonly T[]): Promise<Answer<readonly T[]>> => {
    if (moods.hanging?.includes(source)) return new Promise(() => {});
    if (moods.throwing?.includes(source)) return Promise.reject(new Error(`${source} broke its promise`));
    if (moods.silent?.includes(source)) return Promise.resolve({ outcome: 'unreachable', query, reason: 'refused' });
    return Promise.resolve(
      values.length === 0
        ? { outcome: 'empty', query }
        : { outcome: 'found', value: values, query, link: `http://look/${source}` },
    );
  };

  return {
    metrics: {
      units: async () => ({ outcome: 'empty', query: 'units' }),
      series: ({ signal, by, window }) =>
        answer(
          'metrics',
          `${signal} by ${by}`,
          ofKind('metric')
            .filter((data) => data.signal === signal && (by === 'edge') === (data.edge !== undefined))
            .map((data) => inside(data, window))
            .filter(({ points }) => points.length > 0),
        ),
      activeAlerts: () => answer('alerts', 'alerts', moods.firing ?? []),
    },
    cluster: {
      workloads: () => answer('workloads', 'GET workloads', ofKind('workload')),
      services: () => answer('services', 'GET services', ofKind('service')),
      nodes: () => answer('nodes', 'GET nodes', ofKind('node')),
      policies: () => answer('policies', 'GET policies', ofKind('policy')),
      bounds: () => answer('quotas', 'GET quotas', [...ofKind('quota'), ...ofKind('limit-range')]),
      claims: () => answer('claims', 'GET claims', ofKind('claim')),
      autoscalers: () => answer('autoscalers', 'GET autoscalers', ofKind('autoscaler')),
      routes: () => answer('routes', 'GET routes', [...ofKind('route'), ...ofKind('mesh-policy')]),
      events: () => answer('events', 'GET events', ofKind('event')),
      topology: async () => {
        const told = await answer('topology', 'GET topology', [topology]);
        return told.outcome === 'found' ? { ...told, value: topology } : told;
      },
      object: async () => ({ outcome: 'empty', query: 'GET object' }),
      objects: async () => ({ outcome: 'empty', query: 'GET objects' }),
    },
    logs: {
      lines: ({ workload = '', window, limit }) => {
        const quiet = Date.parse(window.to) < Date.parse('2026-11-22T11:59:00.000Z');
        const lines = ofKind('log').flatMap((data) => linesOf(data, workload, quiet, window.from));
        return answer('logs', `{app="${workload}"}`, lines.slice(-limit));
      },
    },
    changes: { since: () => answer('changes', 'changes', ofKind('change')) },
  };
};
