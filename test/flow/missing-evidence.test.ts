import { describe, expect, it } from 'vitest';
import { createDirector, createSpecialists } from '../../agents/index.ts';
import { renderConsensus } from '../../src/adapters/slack/render-consensus.ts';
import type { EvidenceData } from '../../src/domain/evidence.ts';
import type { FaultName } from '../../src/domain/fault.ts';
import type { CaseAlert } from '../../src/domain/incident.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { collect } from '../../src/flow/collect.ts';
import type { Traces } from '../../src/ports/traces.ts';
import { scriptedModel } from '../contracts/specialist.ts';
import { aCase, anAlert } from '../fakes/cases.ts';
import { createStillClock } from '../fakes/clock.ts';
import { faultContexts } from '../fakes/fault-contexts.ts';
import { createSmallWorld } from '../fakes/small-world.ts';
import { incidentAt, nowMs } from '../fakes/synthetic-context.ts';

const clock = createStillClock(new Date(nowMs).toISOString());
const model = scriptedModel({ kind: 'off' });
const specialists = createSpecialists({ model, clock });
const director = createDirector({ model, clock });
const alerts: readonly CaseAlert[] = [
  { ...anAlert({ startsAt: new Date(nowMs - 30_000).toISOString() }), inboxId: 'a', repeats: 0 },
];

/** What falls silent together: one system each. */
const systems = {
  metrics: ['metrics'],
  logs: ['logs'],
  traces: ['traces'],
  cluster: [
    ...['workloads', 'services', 'events', 'nodes', 'policies', 'quotas', 'claims'],
    ...['autoscalers', 'routes', 'topology', 'changes'],
  ],
  workloads: ['workloads'],
  services: ['services'],
  topology: ['topology'],
  policies: ['policies'],
  changes: ['changes'],
  events: ['events'],
} as const;
type System = keyof typeof systems;
const names = ['metrics', 'logs', 'traces', 'cluster'] as const;
/** Each system alone, each two together, and what an account without some rights cannot see of the cluster. */
const absences: readonly (readonly System[])[] = [
  ...names.map((name) => [name]),
  ...names.flatMap((left, index) => names.slice(index + 1).map((right) => [left, right])),
  ['workloads'],
  ['services'],
  ['topology'],
  ['policies'],
  ['changes', 'events'],
];

const tracesOf = (away: readonly System[]): Traces => ({
  spans: async () =>
    away.includes('traces')
      ? { outcome: 'unreachable', query: 'traces', reason: 'refused' }
      : { outcome: 'empty', query: 'traces' },
});

const judge = async (differences: readonly EvidenceData[], away: readonly System[], suspect: string) => {
  const silent = away.flatMap((system) => systems[system]);
  const sources = { ...createSmallWorld(differences, { silent }), traces: tracesOf(away), clock };
  const incident = incidentAt(suspect);
  const context = await collect(sources)(incident, alerts);
  const brief = { incident, context, recollections: [] };
  const findings = await Promise.all(specialists.map((specialist) => specialist.analyse(brief)));
  return { context, findings, verdict: await director.deliberate(brief, findings) };
};

/** A spread of faults over objects, signals, logs and what surrounds a workload; `none` is a calm day. */
const spread = [
  'bad-image',
  'crash-loop',
  'memory-limit',
  'memory-leak',
  'cpu-saturation',
  'network-delay',
  'selector-drift',
  'scaled-to-zero',
  'connection-exhaustion',
  'missing-config',
  'network-policy',
  'quota-exceeded',
] as const;

const cases: readonly (readonly [fault: FaultName, workload: string, differences: readonly EvidenceData[]])[] = [
  ...spread.map((fault) => [fault, faultContexts[fault].workload, faultContexts[fault].differences] as const),
  ['none', 'gate', []],
];

const idsIn = ({ evidence, account }: Verdict): readonly string[] => [
  ...evidence,
  ...(account?.strongest ?? []),
  ...(account?.counter?.evidence ?? []),
  ...(account?.beside ?? []).flatMap((one) => one.evidence),
  ...(account?.ruledOut ?? []).flatMap((one) => one.evidence),
];

const nameOf = ({ cause }: Verdict): string =>
  cause === undefined ? 'nothing' : `${cause.fault} of ${cause.workload}`;

/** What is wrong with a verdict that had to do without some sources, in words; empty when it is honest. */
const dishonesties = async (
  [fault, workload, differences]: (typeof cases)[number],
  away: readonly System[],
  whole: Verdict,
): Promise<readonly string[]> => {
  const { context, findings, verdict } = await judge(differences, away, 'gate');
  const known = new Set(context.evidence.map(({ id }) => id));
  const cited = [
    ...idsIn(verdict),
    ...findings.flatMap(({ hypotheses }) => hypotheses.flatMap((one) => [...one.evidence, ...one.against])),
  ];
  const words = renderConsensus(aCase({ context, verdict }))?.text ?? '';
  const unsaid = context.unreachable.filter((source) => !words.includes(source));
  const wrong = verdict.kind === 'agreed' && nameOf(verdict) !== `${fault} of ${workload}`;
  const broken = findings.flatMap(({ degraded }) =>
    degraded.filter((words) => words.startsWith('The analysis failed')),
  );
  return [
    ...broken,
    ...(context.unreachable.length === 0 ? ['nothing is said to be unreachable'] : []),
    ...unsaid.map((source) => `the thread does not say that ${source} gave no answer`),
    ...cited.filter((id) => !known.has(id)).map((id) => `${id} does not exist`),
    ...(wrong ? [`agreed on ${nameOf(verdict)}`] : []),
    ...(fault === 'none' && verdict.kind === 'agreed' ? ['silence was taken for health'] : []),
    ...(verdict.confidence > whole.confidence ? [`surer than with everything: ${verdict.confidence}`] : []),
  ].map((words) => `without ${away.join(' and ')}: ${words}`);
};

describe('a verdict without some of its sources', { timeout: 60_000 }, () => {
  it.each(cases)('of %s at %s is less sure and never wrong, and says who did not answer', async (...one) => {
    const [fault, workload, differences] = one;
    const whole = (await judge(differences, [], 'gate')).verdict;
    expect([whole.kind, nameOf(whole)]).toEqual(['agreed', `${fault} of ${workload}`]);
    expect(whole.account?.unanswered).toEqual([]);
    for (const away of absences) expect(await dishonesties(one, away, whole)).toEqual([]);
  });

  it('says that a kill for memory may be a leak, when nobody could look at the memory', async () => {
    const { verdict } = await judge(faultContexts['memory-leak'].differences, ['metrics'], 'gate');
    expect(verdict.kind).toBe('unknown');
    expect(verdict.reasoning).toContain('memory-limit at prices, is too weak to act upon');
  });
});
