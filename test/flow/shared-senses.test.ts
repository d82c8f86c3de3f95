import { describe, expect, it } from 'vitest';
import { shareSenses } from '../../src/flow/shared-senses.ts';
import type { Senses } from '../../src/ports/senses.ts';
import { createStillClock } from '../fakes/clock.ts';

const window = { from: '2026-01-05T10:00:00.000Z', to: '2026-01-05T10:05:00.000Z' };

const counted = () => {
  const asked: string[] = [];
  const answer = (what: string) => async () => {
    asked.push(what);
    return { outcome: 'empty' as const, query: what };
  };
  const senses = {
    metrics: { series: answer('series') },
    logs: { lines: answer('lines') },
    cluster: { workloads: answer('workloads'), nodes: answer('nodes'), object: answer('object') },
    changes: { since: answer('changes') },
  };
  return { asked, senses: senses as unknown as Senses };
};

describe('senses that incidents share', () => {
  it('ask once for all who ask the same at the same time, and apart for everything that differs', async () => {
    const { asked, senses } = counted();
    const { metrics, cluster } = shareSenses(senses, createStillClock());
    const ask = (namespace: string) =>
      metrics.series({ namespace, signal: 'error_ratio', by: 'workload', window, pointsMax: 10 });
    await Promise.all([ask('a'), ask('a'), ask('b'), cluster.workloads('a'), cluster.workloads('a'), cluster.nodes()]);
    expect(asked.toSorted()).toEqual(['nodes', 'series', 'series', 'workloads']);
  });

  it('ask anew when the answer is old, and never share what is read before a write', async () => {
    const { asked, senses } = counted();
    const clock = createStillClock();
    const { cluster } = shareSenses(senses, clock);
    await cluster.workloads('a');
    clock.advance(2_000);
    await cluster.workloads('a');
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'a', name: 'x' };
    await cluster.object(ref);
    await cluster.object(ref);
    expect(asked).toEqual(['workloads', 'workloads', 'object', 'object']);
  });
});
