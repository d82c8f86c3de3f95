import { describe, expect, it } from 'vitest';
import { contentHash } from '../../src/analysis/content-hash.ts';
import { detect } from '../../src/analysis/detect.ts';
import { detectors } from '../../src/analysis/detectors.ts';
import { createScene } from '../../src/analysis/scene.ts';
import type { Context } from '../../src/domain/context.ts';
import type { EvidenceData } from '../../src/domain/evidence.ts';
import type { CaseAlert } from '../../src/domain/incident.ts';
import { collect } from '../../src/flow/collect.ts';
import { windowsAround } from '../../src/flow/collect-windows.ts';
import { limits } from '../../src/limits.ts';
import { anAlert } from '../fakes/cases.ts';
import { createStillClock } from '../fakes/clock.ts';
import { faultContexts } from '../fakes/fault-contexts.ts';
import { createSmallWorld } from '../fakes/small-world.ts';
import { change, incidentAt, logs, nowMs } from '../fakes/synthetic-context.ts';

const clock = createStillClock(new Date(nowMs).toISOString());
const alerts: readonly CaseAlert[] = [
  { ...anAlert({ startsAt: new Date(nowMs - 30_000).toISOString() }), inboxId: 'a', repeats: 0 },
];

const gather = (
  differences: readonly EvidenceData[] = [],
  moods: Parameters<typeof createSmallWorld>[1] = {},
  budgetMs?: number,
): Promise<Context> =>
  collect({ ...createSmallWorld(differences, moods), clock, ...(budgetMs === undefined ? {} : { budgetMs }) })(
    incidentAt('gate'),
    alerts,
  );

const about = (context: Context, words: string) =>
  context.evidence.filter(({ observation }) => observation.includes(words));

describe('the collector', () => {
  it('numbers evidence from one on, each with a sentence, a query and an honest hash', async () => {
    const { evidence } = await gather();
    expect(evidence.length).toBeGreaterThan(20);
    expect(evidence.map(({ id }) => id)).toEqual(evidence.map((_, index) => `E${index + 1}`));
    for (const { hash, ...rest } of evidence) {
      expect(rest.observation).toMatch(/\.$/);
      expect(rest.observation.length).toBeLessThanOrEqual(limits.observationCharsMax);
      expect(rest.query).not.toBe('');
      expect(hash).toBe(contentHash(rest));
    }
  });

  it('gives the same answer to the same world', async () => {
    expect(await gather()).toEqual(await gather());
  });

  it.each(Object.entries(faultContexts))(
    'gathers enough for the detectors to find %s',
    async (fault, { workload, differences }) => {
      const context = await gather(differences);
      const all = [...detectors.network, ...detectors.database, ...detectors.compute];
      const hypotheses = detect(createScene(context, incidentAt('gate')), all);
      expect(hypotheses.map(({ cause }) => cause)).toMatchObject([{ fault, workload }]);
      const strongest = context.evidence.slice(0, 12).map(({ id }) => id);
      expect(strongest).toContain(hypotheses[0]?.evidence[0]);
    },
  );

  it('finds nothing to detect on a calm day', async () => {
    const all = [...detectors.network, ...detectors.database, ...detectors.compute];
    expect(detect(createScene(await gather(), incidentAt('gate')), all)).toEqual([]);
  });

  it('says numbers with units against the quiet window', async () => {
    const context = await gather(faultContexts['cpu-saturation'].differences);
    const [usage] = about(context, 'The CPU usage of catalog');
    expect(usage?.observation).toMatch(
      /is 0\.2 cores against 0\.05 cores in the quiet window, above .+, since \d\d:\d\d:\d\d UTC; that is \d+ % of its limit of 0\.2 cores\.$/,
    );
    expect(usage?.link).toBe('http://look/metrics');
  });

  it('keeps quiet apart from silence', async () => {
    const context = await gather([], {
      silent: ['metrics', 'logs', 'changes', 'services', 'events', 'workloads', 'topology'],
    });
    expect(context.unreachable.toSorted()).toEqual([
      'changes',
      'events',
      'logs',
      'metrics',
      'services',
      'topology',
      'workloads',
    ]);
    const silent = context.evidence.filter(({ outcome }) => outcome === 'unreachable');
    expect(silent).toHaveLength(7);
    expect(silent.map(({ observation }) => observation)).toContain('No answer about metrics: refused.');
    const calm = await gather();
    expect(calm.unreachable).toEqual([]);
    expect(about(calm, 'flight recorder saw no change')[0]?.outcome).toBe('empty');
  });

  it.each(['metrics', 'logs', 'workloads', 'services', 'events', 'changes', 'topology'])(
    'does not wait for %s for ever, and loses nothing else',
    async (source) => {
      const context = await gather(faultContexts['bad-image'].differences, { hanging: [source] }, 200);
      expect(context.unreachable).toEqual([source]);
      expect(about(context, `No answer about ${source}: no answer within 0.1 s.`)).toHaveLength(1);
      expect(context.evidence.length).toBeGreaterThan(5);
    },
  );

  it('survives a source that throws', async () => {
    const context = await gather([], { throwing: ['logs', 'workloads'] });
    expect(context.unreachable.toSorted()).toEqual(['logs', 'workloads']);
  });

  it('masks secrets in logs and changes before anything else sees them', async () => {
    const context = await gather([
      logs('gate', [
        { template: 'x', example: 'login failed password=hunter22 for app', level: 'error', count: 5, countBefore: 0 },
      ]),
      change('gate', '/spec/template/spec/containers/0/env/0/value', {
        before: 'redis://u:hunter33@vault:1',
        after: 'ok',
      }),
    ]);
    const stored = JSON.stringify(context);
    expect(stored).toContain('login failed password=[masked]');
    expect(stored).not.toContain('hunter');
  });

  it('puts the trouble first and sums up what is well and far away', async () => {
    const far = faultContexts['selector-drift'].differences;
    const { evidence } = await collect({ ...createSmallWorld(far), clock })(incidentAt('prices'), alerts);
    expect(evidence[0]?.observation).toMatch(/basket|prices/);
    expect(
      about({ evidence } as unknown as Context, 'looked at, and nothing is unusual').map(({ subject }) => subject),
    ).toContain('vault');
  });

  it('stays small enough to store', async () => {
    const context = await gather(faultContexts['connection-exhaustion'].differences);
    expect(JSON.stringify(context).length).toBeLessThan(200_000);
    expect(context.evidence.length).toBeLessThanOrEqual(limits.evidenceMax);
  });
});

describe('the windows', () => {
  const startsAt = (ms: number) => ({ startsAt: new Date(ms).toISOString() });

  it('leave a margin before the earliest alert and end now', () => {
    const { window, baseline, quiet } = windowsAround([startsAt(nowMs - 10_000), startsAt(nowMs - 60_000)], nowMs);
    expect(window).toEqual({ from: new Date(nowMs - 180_000).toISOString(), to: new Date(nowMs).toISOString() });
    expect(baseline.to).toBe(window.from);
    expect(Date.parse(quiet.to) - Date.parse(quiet.from)).toBe(180_000);
  });

  it('keep the quiet window before an old onset and look back only so far', () => {
    const { window, baseline } = windowsAround([startsAt(nowMs - 7_200_000)], nowMs);
    expect(Date.parse(window.from)).toBe(nowMs - limits.windowMs);
    expect(Date.parse(baseline.to)).toBe(nowMs - 7_200_000 - 120_000);
  });

  it('take an alert from the future or from nowhere as starting now', () => {
    const expected = windowsAround([], nowMs);
    expect(windowsAround([startsAt(nowMs + 3_600_000)], nowMs)).toEqual(expected);
    expect(windowsAround([{ startsAt: 'garbage' }], nowMs)).toEqual(expected);
    for (const absurd of [
      '0000-01-01T00:00:00Z',
      '0001-01-01T00:00:00Z',
      '1970-01-01T00:00:00Z',
      '-271821-04-20T00:00:00Z',
    ])
      expect(windowsAround([{ startsAt: absurd }], nowMs)).toEqual(expected);
    // One absurd alert among others does not move their windows.
    const others = [startsAt(nowMs - 60_000)];
    expect(windowsAround([...others, { startsAt: '1970-01-01T00:00:00Z' }], nowMs)).toEqual(
      windowsAround(others, nowMs),
    );
  });
});
