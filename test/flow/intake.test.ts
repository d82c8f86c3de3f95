import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStores } from '../../src/adapters/sqlite/open-stores.ts';
import type { Alert } from '../../src/domain/alert.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { createIntake } from '../../src/flow/intake.ts';
import { alertsResolved } from '../../src/flow/next.ts';
import { createSortOutStep } from '../../src/flow/sort-out.ts';
import { limits } from '../../src/limits.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { aContext, anAgreedCase, anAlert, aVerdict, aWaitingAttempt } from '../fakes/cases.ts';
import { createStillClock, realIds, silentLog } from '../fakes/clock.ts';

const edges = [
  { from: 'frontend', to: 'adservice' },
  { from: 'frontend', to: 'checkoutservice' },
  { from: 'frontend', to: 'cartservice' },
  { from: 'checkoutservice', to: 'emailservice' },
  { from: 'cartservice', to: 'redis-cart' },
  { from: 'loadgenerator', to: 'frontend' },
];
const topology = { workloads: [], edges };
const namespace = 'online-boutique';

let folder: string;
let stores: Stores;
let clock: ReturnType<typeof createStillClock>;
let topologiesAsked: number;
let proposed: string[];
let takeIn: ReturnType<typeof createIntake>;

const tools = () => ({ ...stores, clock, ids: realIds, log: silentLog });

const intake = () =>
  createIntake({
    ...tools(),
    namespace,
    meter: { count: () => undefined, observe: () => undefined, set: () => undefined },
    cluster: {
      topology: async () => {
        topologiesAsked += 1;
        return { outcome: 'found', value: topology, query: 'topology' };
      },
    },
  });

const sortOut = () =>
  createSortOutStep({
    ...tools(),
    propose: async ({ incident }) => {
      proposed.push(incident.uid);
    },
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sre-intake-'));
  clock = createStillClock();
  stores = openSqliteStores({ dataDir: folder, clock, ids: realIds });
  topologiesAsked = 0;
  takeIn = intake();
  proposed = [];
});

afterEach(() => {
  stores.close();
  rmSync(folder, { recursive: true, force: true });
});

const from = (workload: string, change: Partial<Alert> = {}): Alert =>
  anAlert({
    fingerprint: `f-${workload}-${change.name ?? 'any'}`,
    labels: { namespace, deployment: workload },
    receivedAt: clock.now(),
    ...change,
  });

const arrive = async (...alerts: readonly Alert[]): Promise<readonly string[]> => {
  const accepted = await stores.inbox.accept(alerts);
  await takeIn();
  return accepted.map(({ id }) => id);
};

const workloadsIn = (file: Pick<CaseFile, 'alerts'>): readonly string[] =>
  file.alerts.map(({ labels }) => labels.deployment ?? '-');

const cases = async (): Promise<readonly (readonly string[])[]> => (await stores.cases.open()).map(workloadsIn);

const judge = async (workload: string, verdict: Partial<Verdict>): Promise<CaseFile> => {
  const summary = (await stores.cases.open()).find(({ incident }) => incident.suspect?.name === workload);
  const file = await stores.cases.read(summary?.incident.uid ?? '');
  if (file === null) throw new Error(`there is no case of ${workload}`);
  const { findings } = anAgreedCase();
  const context = { ...aContext, topology };
  const judged = await stores.cases.replace({ ...file, context, findings, verdict: aVerdict(verdict) });
  if (judged === null) throw new Error('nobody else writes here');
  return judged;
};

const causeOf = (workload: string) => ({ cause: { workload, fault: 'crash-loop' as const } });

const reread = async ({ incident }: CaseFile): Promise<CaseFile> => {
  const file = await stores.cases.read(incident.uid);
  if (file === null) throw new Error('the case is gone');
  return file;
};

describe('one incident per true cause', () => {
  it('takes a symptom at a caller, and at its caller, for part of the trouble below it', async () => {
    await arrive(from('redis-cart'));
    await arrive(from('cartservice'));
    await arrive(from('frontend'));
    expect(await cases()).toEqual([['redis-cart', 'cartservice', 'frontend']]);
  });

  it('keeps troubles apart that only share a caller', async () => {
    await arrive(from('adservice'));
    await arrive(from('emailservice'));
    await arrive(from('redis-cart'));
    expect(await cases()).toEqual([['adservice'], ['emailservice'], ['redis-cart']]);
  });

  it('gives a symptom of two troubles to the nearer one', async () => {
    await arrive(from('redis-cart'));
    await arrive(from('adservice'));
    await arrive(from('frontend'));
    expect(await cases()).toEqual([['redis-cart'], ['adservice', 'frontend']]);
  });

  it('lets a deeper alert join the symptom that came first, and then is about the deeper one', async () => {
    await arrive(from('frontend'));
    await arrive(from('adservice'));
    await arrive(from('emailservice'));
    expect(await cases()).toEqual([['frontend', 'adservice'], ['emailservice']]);
  });

  it('files causes before symptoms when both come in one delivery', async () => {
    await arrive(
      from('frontend'),
      from('checkoutservice'),
      from('adservice'),
      from('emailservice'),
      from('redis-cart'),
    );
    expect((await cases()).map(([first]) => first)).toEqual(['adservice', 'emailservice', 'redis-cart']);
    expect((await cases()).flat()).toHaveLength(5);
    expect(topologiesAsked).toBe(1);
  });

  it('goes by the verdict once there is one', async () => {
    await arrive(from('frontend'));
    await judge('frontend', causeOf('emailservice'));
    await arrive(from('checkoutservice'));
    await arrive(from('adservice'));
    expect(await cases()).toEqual([['frontend', 'checkoutservice'], ['adservice']]);
  });

  it('opens a case of its own for what begins long after', async () => {
    await arrive(from('redis-cart'));
    clock.advance(limits.groupingMsMax + 1_000);
    await arrive(from('cartservice'));
    expect(await cases()).toEqual([['redis-cart'], ['cartservice']]);
  });

  it('puts alerts that name no workload together when they say the same', async () => {
    const quota = (fingerprint: string) => anAlert({ fingerprint, name: 'QuotaExceeded', labels: { namespace } });
    await arrive(quota('q1'), quota('q2'), anAlert({ fingerprint: 'd', name: 'DiskFull', labels: { namespace } }));
    expect((await stores.cases.open()).map(({ alerts }) => alerts.map(({ name }) => name))).toEqual([
      ['QuotaExceeded', 'QuotaExceeded'],
      ['DiskFull'],
    ]);
  });

  it('whatever the order in which causes and symptoms come, there is one case per cause, and every alert is in one', async () => {
    const alerts = ['adservice', 'emailservice', 'redis-cart', 'cartservice', 'checkoutservice'].map((workload) =>
      from(workload),
    );
    const shuffled = fc.shuffledSubarray(alerts, { minLength: alerts.length });
    await fc.assert(
      fc.asyncProperty(shuffled, async (order) => {
        const fresh = openSqliteStores({ dataDir: mkdtempSync(join(folder, 'run-')), clock, ids: realIds });
        stores.close();
        stores = fresh;
        takeIn = intake();
        for (const alert of order) await arrive(alert);
        const found = await cases();
        expect(found).toHaveLength(3);
        expect(found.flat().toSorted()).toEqual(alerts.map(({ labels }) => labels.deployment).toSorted());
      }),
      { numRuns: 15 },
    );
  });
});

describe('a case that is judged', () => {
  it('gives alerts back that its cause cannot explain; they open a case of their own', async () => {
    await arrive(from('frontend'));
    const [stray] = await arrive(from('adservice'));
    const judged = await judge('frontend', causeOf('emailservice'));
    const step = sortOut();
    await step(judged);
    const aside = await reread(judged);
    expect({ kept: workloadsIn(aside), strays: aside.strays?.map(({ inboxId }) => inboxId) }).toEqual({
      kept: ['frontend'],
      strays: [stray],
    });
    await step(aside);
    expect((await reread(judged)).strays).toBeUndefined();
    await intake()();
    expect(await cases()).toEqual([['frontend'], ['adservice']]);
    expect(proposed).toEqual([]);
    await step(await reread(judged));
    expect(proposed).toEqual([judged.incident.uid]);
    expect((await stores.journal.of(judged.incident.uid)).map(({ verb }) => verb)).toEqual([
      'open',
      'alert-joined',
      'alerts-set-aside',
      'alerts-given-back',
    ]);
  });

  it('keeps all its alerts when the verdict explains none of them', async () => {
    await arrive(from('adservice'));
    const judged = await judge('adservice', causeOf('emailservice'));
    await sortOut()(judged);
    expect(workloadsIn(await reread(judged))).toEqual(['adservice']);
    expect(proposed).toEqual([judged.incident.uid]);
  });

  it('is closed as a duplicate when an older case has the same cause, which gets its alerts', async () => {
    await arrive(from('redis-cart'));
    clock.advance(limits.groupingMsMax + 1_000);
    const [late] = await arrive(from('cartservice'));
    const original = await judge('redis-cart', causeOf('redis-cart'));
    const duplicate = await judge('cartservice', causeOf('redis-cart'));
    await sortOut()(original);
    await sortOut()(duplicate);
    expect(proposed).toEqual([original.incident.uid]);
    expect((await reread(duplicate)).closure).toMatchObject({
      outcome: 'duplicate',
      duplicateOf: original.incident.uid,
      reason: expect.stringContaining('INC-1'),
    });
    expect((await reread(original)).alerts.map(({ inboxId }) => inboxId)).toContain(late);
    await arrive(from('cartservice', { status: 'resolved' }), from('redis-cart', { status: 'resolved' }));
    expect(alertsResolved(await reread(original))).toBe(true);
  });

  it('goes on itself when the case with the same cause was closed', async () => {
    await arrive(from('redis-cart'));
    clock.advance(limits.groupingMsMax + 1_000);
    await arrive(from('cartservice'));
    const original = await judge('redis-cart', causeOf('redis-cart'));
    await stores.cases.replace({ ...original, closure: { at: clock.now(), outcome: 'resolved', reason: '' } });
    const second = await judge('cartservice', causeOf('redis-cart'));
    await sortOut()(second);
    expect(proposed).toEqual([second.incident.uid]);
  });

  it('lets a newer case go on that has a plan already', async () => {
    await arrive(from('redis-cart'));
    clock.advance(limits.groupingMsMax + 1_000);
    await arrive(from('cartservice'));
    const newer = await judge('cartservice', causeOf('redis-cart'));
    await stores.cases.replace({ ...newer, attempts: [aWaitingAttempt()] });
    const older = await judge('redis-cart', causeOf('redis-cart'));
    await sortOut()(older);
    expect((await reread(older)).closure).toMatchObject({ outcome: 'duplicate', duplicateOf: newer.incident.uid });
  });

  it('leaves a further cause to the open case that is about it', async () => {
    await arrive(from('adservice'));
    await arrive(from('emailservice'));
    await judge('emailservice', causeOf('emailservice'));
    const others = [causeOf('emailservice').cause, causeOf('redis-cart').cause];
    const judged = await judge('adservice', { ...causeOf('adservice'), others });
    await sortOut()(judged);
    expect((await reread(judged)).verdict?.others).toEqual([causeOf('redis-cart').cause]);
  });
});

describe('every accepted alert is found in a case', () => {
  it('of a flapping alert the first and the last word, with what lay between counted', async () => {
    await arrive(from('adservice'));
    for (let flap = 1; flap <= 20; flap += 1) {
      const startsAt = new Date(Date.parse('2026-01-05T10:00:00.000Z') + flap * 1_000).toISOString();
      await arrive(from('adservice', { status: 'resolved', startsAt }), from('adservice', { startsAt }));
    }
    const [file] = await stores.cases.open();
    expect(file?.alerts).toMatchObject([
      { startsAt: '2026-01-05T10:00:00.000Z', repeats: 0 },
      { startsAt: '2026-01-05T10:00:20.000Z', status: 'firing', repeats: 39 },
    ]);
    expect(await stores.inbox.pending(100)).toEqual([]);
  });

  it('news of an end goes to the case that was told of the beginning, even when it is closed', async () => {
    await arrive(from('adservice'));
    const file = await judge('adservice', causeOf('adservice'));
    await stores.cases.replace({ ...file, closure: { at: clock.now(), outcome: 'resolved', reason: '' } });
    await arrive(from('adservice', { status: 'resolved' }));
    const told = await stores.journal.of(file.incident.uid);
    expect(told.map(({ verb }) => verb)).toContain('resolved-after-close');
  });

  it('an end that overtook its beginning is found with it, and ends it', async () => {
    await arrive(from('adservice', { status: 'resolved' }));
    expect(await cases()).toEqual([]);
    await arrive(from('adservice'));
    const [file] = await stores.cases.open();
    expect(file?.alerts.map(({ status }) => status)).toEqual(['firing', 'resolved']);
    await arrive(from('adservice', { startsAt: '2026-01-05T10:00:09.000Z' }));
    expect((await stores.cases.open())[0]?.alerts.at(-1)?.status).toBe('firing');
  });

  it('a new trouble waits in the inbox while too many cases are open, and what belongs to an open case does not', async () => {
    const many = Array.from({ length: limits.openCasesMax }, (_, index) => from(`app-${index}`));
    for (let at = 0; at < many.length; at += 500) await stores.inbox.accept(many.slice(at, at + 500));
    await intake()();
    await stores.inbox.accept([from('one-too-many'), from('app-7', { name: 'AlsoThis' })]);
    expect(await intake()()).toEqual({ waiting: 1, again: false });
    expect((await stores.inbox.pending(10)).map(({ alert }) => alert.labels.deployment)).toEqual(['one-too-many']);
    const file = await judge('app-3', causeOf('app-3'));
    await stores.cases.replace({ ...file, closure: { at: clock.now(), outcome: 'resolved', reason: '' } });
    expect(await intake()()).toEqual({ waiting: 0, again: false });
    expect(await stores.inbox.pending(10)).toEqual([]);
  }, 60_000);

  it('a case that is full counts what joins it', async () => {
    const replicas = Array.from({ length: limits.alertsPerCaseMax + 5 }, (_, index) =>
      from('adservice', { name: `PodSick${index}` }),
    );
    await arrive(...replicas);
    const [file, ...rest] = await stores.cases.open();
    expect(rest).toEqual([]);
    expect({ held: file?.alerts.length, more: file?.alertsMore }).toEqual({ held: limits.alertsPerCaseMax, more: 5 });
    expect(await stores.inbox.pending(10)).toEqual([]);
  });

  it('is filed once when the process ends between the page and the assignment', async () => {
    const [first] = await arrive(from('adservice'));
    const [file] = await stores.cases.open();
    const [second] = await arrive(from('adservice', { name: 'AlsoThis' }));
    await stores.inbox.release([first ?? '', second ?? ''], file?.incident.uid ?? '');
    await intake()();
    const [after, ...more] = await stores.cases.open();
    expect(more).toEqual([]);
    expect(after?.version).toBe(2);
    expect(await stores.inbox.pending(10)).toEqual([]);
  });
});
