import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDirector, createSpecialists } from '../../agents/index.ts';
import { seenOf } from '../../src/analysis/scene.ts';
import type { Context } from '../../src/domain/context.ts';
import type { Incident } from '../../src/domain/incident.ts';
import { collect } from '../../src/flow/collect.ts';
import { limits } from '../../src/limits.ts';
import { scriptedModel } from '../contracts/specialist.ts';
import { anAlert } from '../fakes/cases.ts';
import { createStillClock } from '../fakes/clock.ts';
import { incidentAt } from '../fakes/synthetic-context.ts';
import { namespace, startLargeNamespace, troubled, wide } from './large-namespace.ts';

const clock = createStillClock('2026-11-22T12:00:00.000Z');
const incident: Incident = {
  ...incidentAt(undefined),
  namespace,
  suspect: { namespace, kind: 'Deployment', name: troubled },
};

let world: Awaited<ReturnType<typeof startLargeNamespace>>;
let context: Context;

beforeAll(async () => {
  world = await startLargeNamespace(clock);
  const startsAt = new Date(clock.nowMs() - 30_000).toISOString();
  context = await collect({ ...world.sources, budgetMs: 120_000 })(incident, [
    { ...anAlert({ startsAt }), inboxId: 'a', repeats: 0 },
  ]);
}, 180_000);

afterAll(() => world?.close());

describe('a namespace of 2,000 services, 5,000 pods, 500 nodes and 12,000 events', () => {
  it('is asked by pages, every kind once, and telemetry a bounded number of times', () => {
    const { requests } = world.server;
    const pagesOf = (plural: string) => requests.filter(({ path }) => path.endsWith(`/${plural}`));
    expect(pagesOf('pods')).toHaveLength(5_000 / limits.listPageMax);
    expect(pagesOf('services').length).toBeLessThanOrEqual(2 * (2_000 / limits.listPageMax));
    expect(requests.every(({ query }) => Number(query.get('limit') ?? 0) <= limits.listPageMax)).toBe(true);
    expect(requests.length).toBeLessThanOrEqual(120);
    expect(world.asked.metrics.length).toBeLessThanOrEqual(40);
    expect(world.asked.logs.length).toBeLessThanOrEqual(32);
  });

  it('leaves a case of bounded size, whatever is in it', () => {
    expect(context.unreachable).toEqual([]);
    expect(context.evidence).toHaveLength(limits.evidenceMax);
    expect(context.topology.workloads.length).toBeLessThanOrEqual(limits.topologyWorkloadsMax);
    for (const { subject, observation, query, link = '' } of context.evidence) {
      expect(Math.max(subject.length, observation.length)).toBeLessThanOrEqual(limits.observationCharsMax);
      expect(Math.max(query.length, link.length)).toBeLessThanOrEqual(limits.textCharsMax);
      expect(observation).not.toMatch(/\p{Cc}/u);
    }
    for (const { data } of seenOf(context.evidence, 'workload')) {
      expect(data.pods.length).toBeLessThanOrEqual(limits.podsKeptMax);
      expect(data.containers.length).toBeLessThanOrEqual(limits.containersKeptMax);
      for (const { containers } of data.pods) expect(containers.length).toBeLessThanOrEqual(limits.containersKeptMax);
    }
    const sizes = context.evidence.map((evidence) => JSON.stringify(evidence).length);
    expect(Math.max(...sizes)).toBeLessThan(50_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_500_000);
    expect(JSON.stringify(context.topology).length).toBeLessThan(400_000);
  });

  it('keeps of a thousand pods the one that is stuck, and agrees on it', async () => {
    const model = scriptedModel({ kind: 'off' });
    const brief = { incident, context, recollections: [] };
    const findings = await Promise.all(
      createSpecialists({ model, clock }).map((specialist) => specialist.analyse(brief)),
    );
    expect(findings.flatMap(({ degraded }) => degraded)).toEqual([]);
    for (const { hypotheses } of findings) expect(hypotheses.length).toBeLessThanOrEqual(limits.hypothesesMax);
    const verdict = await createDirector({ model, clock }).deliberate(brief, findings);
    expect(verdict).toMatchObject({ kind: 'agreed', cause: { workload: troubled, fault: 'bad-image' } });
    const known = new Set(context.evidence.map(({ id }) => id));
    expect(verdict.evidence.filter((id) => !known.has(id))).toEqual([]);
    expect(JSON.stringify(verdict).length).toBeLessThan(20_000);
  });

  it('keeps the signals of the subject, and not only those that came first', () => {
    const measured = seenOf(context.evidence, 'metric').map(({ data }) => data.workload);
    expect(measured).toContain(troubled);
    expect(seenOf(context.evidence, 'workload').map(({ data }) => data.workload.name)).toContain(troubled);
    expect(wide.length).toBeGreaterThan(0);
  });
});
