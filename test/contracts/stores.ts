import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CaseFile } from '../../src/domain/case-file.ts';
import type { ChangeData, Evidence } from '../../src/domain/evidence.ts';
import type { Sighting } from '../../src/ports/change-log.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { aCase, aContext, anAlert } from '../fakes/cases.ts';
import type { createStillClock } from '../fakes/clock.ts';

/** A store under test, with the data that outlives its handles. */
export interface StoresBench {
  readonly clock: ReturnType<typeof createStillClock>;
  /** Another handle on the same data: a second replica where the store allows one, else the same process once more. */
  open(): Promise<Stores>;
  /** Changes a record of the journal of `uid` behind the store's back, or cuts it out. */
  tamper(uid: string, sequence: number, how: 'change' | 'cut'): Promise<void>;
  close(): Promise<void>;
}

const uidNumbered = (n: number): string => `019b8d1e-${String(n).padStart(4, '0')}-7000-8000-000000000001`;

const caseNumbered = (n: number, change: Partial<CaseFile> = {}): CaseFile => {
  const file = aCase(change);
  return { ...file, incident: { ...file.incident, uid: uidNumbered(n) } };
};

const lineOf = (uid: string, subject = '') => ({ uid, actor: 'bot', verb: 'page', subject, detail: { n: 1 } });

/** Points that do not compress, as a noisy signal's. */
const noisySeries = (id: number, points: number): Evidence => ({
  id: `e${id}`,
  kind: 'metric',
  subject: `workload-${id}`,
  window: aContext.window,
  query: 'rate',
  outcome: 'found',
  observation: 'it is noisy',
  data: {
    kind: 'metric',
    signal: 'latency_p99',
    workload: `workload-${id}`,
    unit: 'ms',
    points: Array.from({ length: points }, (_, at) => [1_767_607_200 + at, Math.random() * 1_000] as const),
  },
  hash: 'x',
});

const describeCases = (bench: () => StoresBench, stores: () => Stores): void => {
  describe('cases', () => {
    it('are numbered in order and found by number, uid and a unique prefix', async () => {
      const { cases } = stores();
      await cases.create(caseNumbered(1));
      const second = await cases.create(caseNumbered(2));
      expect(second).toMatchObject({ version: 1, incident: { number: 2 } });
      for (const handle of ['INC-2', 'inc-2', ' 2 ', uidNumbered(2), uidNumbered(2).slice(0, 13)]) {
        expect((await cases.find(handle))?.incident.uid).toBe(uidNumbered(2));
      }
      for (const handle of ['019b8d1e', '%', '____', '3', '', 'nonsense']) expect(await cases.find(handle)).toBeNull();
    });

    it('get a number each, and no two the same, when many are created at once', async () => {
      const other = await bench().open();
      const created = await Promise.all(
        Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? stores() : other).cases.create(caseNumbered(n + 1))),
      );
      expect(new Set(created.map(({ incident }) => incident.number)).size).toBe(12);
      await vi.waitFor(async () => expect(await stores().cases.open()).toHaveLength(12));
      const numbers = (await stores().cases.open()).map(({ incident }) => incident.number);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    });

    it('exist once: a second with the same uid is refused', async () => {
      await stores().cases.create(caseNumbered(1));
      await expect(stores().cases.create(caseNumbered(1))).rejects.toMatchObject({ code: 'exists' });
    });

    it('are replaced by exactly one of many writers, and the others are told', async () => {
      const other = await bench().open();
      const file = await stores().cases.create(caseNumbered(1));
      const replaced = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          (n % 2 === 0 ? stores() : other).cases.replace(
            { ...file, noPlan: `writer ${n}` },
            lineOf(uidNumbered(1), `${n}`),
          ),
        ),
      );
      const won = replaced.filter((one) => one !== null);
      expect(won).toHaveLength(1);
      expect(won[0]).toMatchObject({ version: 2 });
      expect(await other.cases.read(uidNumbered(1))).toEqual(won[0]);
      const lines = await stores().journal.of(uidNumbered(1));
      expect(lines.map(({ subject }) => `writer ${subject}`)).toEqual([won[0]?.noPlan]);
    });

    it('lose no page when many turn pages in turn', async () => {
      const other = await bench().open();
      await stores().cases.create(caseNumbered(1));
      const turn = async ({ cases }: Stores, word: string): Promise<void> => {
        let stored: CaseFile | null = null;
        while (stored === null) {
          const file = (await cases.read(uidNumbered(1))) ?? aCase();
          const noPlan = `${file.noPlan ?? ''}${word}`;
          stored = await cases.replace({ ...file, noPlan }, lineOf(uidNumbered(1), word));
        }
      };
      const words = [...'abcdefgh'];
      await Promise.all(words.map((word, n) => turn(n % 2 === 0 ? stores() : other, word)));
      const file = await stores().cases.read(uidNumbered(1));
      expect([...(file?.noPlan ?? '')].toSorted()).toEqual(words);
      expect(file?.version).toBe(9);
      const lines = await other.journal.of(uidNumbered(1));
      expect(lines.map(({ subject }) => subject).join('')).toBe(file?.noPlan);
    });

    it('and their lines are there after the end of the process that wrote them', async () => {
      const file = await stores().cases.create(caseNumbered(1), lineOf(uidNumbered(1), 'open'));
      await stores().cases.replace({ ...file, noPlan: 'said' }, lineOf(uidNumbered(1), 'said'));
      stores().close();
      const again = await bench().open();
      expect((await again.cases.open()).map(({ incident }) => incident.uid)).toEqual([uidNumbered(1)]);
      expect(await again.cases.read(uidNumbered(1))).toMatchObject({ version: 2, noPlan: 'said' });
      expect((await again.journal.of(uidNumbered(1))).map(({ subject }) => subject)).toEqual(['open', 'said']);
      expect((await again.cases.create(caseNumbered(2))).incident.number).toBe(2);
    });

    it('leave the list of open ones when they are remembered, and stay among the recent ones', async () => {
      const { cases } = stores();
      const file = await cases.create(caseNumbered(1));
      await cases.create(caseNumbered(2));
      await cases.replace({ ...file, rememberedAt: bench().clock.now() });
      expect((await cases.open()).map(({ incident }) => incident.number)).toEqual([2]);
      expect((await cases.recent(5)).map(({ incident }) => incident.number)).toEqual([2, 1]);
      expect(await cases.recent(1)).toHaveLength(1);
    });

    it('are listed without what makes them heavy', async () => {
      const context = { ...aContext, evidence: [noisySeries(1, 20)] };
      const file = await stores().cases.create(caseNumbered(1));
      await stores().cases.replace({ ...file, context });
      const [summary] = await stores().cases.open();
      expect(summary).toMatchObject({ version: 2, phase: 'investigating', incident: { uid: uidNumbered(1) } });
      expect(summary).not.toHaveProperty('context');
    });

    it('tell subscribers of every write, also of another replica, and not of a lost race', async () => {
      const other = await bench().open();
      const told: string[] = [];
      const stop = other.cases.subscribe((uid) => told.push(uid));
      const file = await stores().cases.create(caseNumbered(1));
      await vi.waitFor(() => expect(told).toHaveLength(1));
      const next = await stores().cases.replace(file);
      await vi.waitFor(() => expect(told).toHaveLength(2));
      expect(await other.cases.replace(file)).toBeNull();
      stop();
      if (next !== null) await other.cases.replace(next);
      expect(told).toEqual([uidNumbered(1), uidNumbered(1)]);
    });

    it('are stored when their evidence is huge: raw points go first, and that is said', async () => {
      const evidence = Array.from({ length: 400 }, (_, n) => noisySeries(n, 120));
      const file = await stores().cases.create(caseNumbered(1));
      const stored = await stores().cases.replace({ ...file, context: { ...aContext, evidence } });
      const kept = (await stores().cases.read(uidNumbered(1)))?.context?.evidence ?? [];
      expect(stored?.context?.evidence).toEqual(kept);
      expect(kept).toHaveLength(400);
      for (const one of kept) {
        const points = one.data?.kind === 'metric' ? one.data.points.length : 0;
        if (points < 120) expect(one.observation).toContain('raw points left out');
      }
    });

    it('survive text that is not whole, and the largest alerts that are let in', async () => {
      const half = '\ud83d';
      const labels = Object.fromEntries(
        Array.from({ length: 100 }, (_, n) => [`l${n}`, `${Math.random()}`.repeat(40)]),
      );
      const alerts = Array.from({ length: 100 }, (_, n) => ({
        ...anAlert({ labels, name: `a${n}` }),
        inboxId: `i${n}`,
        repeats: 0,
      }));
      await stores().cases.create(caseNumbered(1, { alerts, noPlan: `cut ${half}` }));
      expect((await stores().cases.read(uidNumbered(1)))?.alerts.map(({ name }) => name)).toHaveLength(100);
      expect((await stores().cases.open())[0]?.alerts).toHaveLength(100);
    });
  });
};

const describeInbox = (bench: () => StoresBench, stores: () => Stores): void => {
  describe('the inbox', () => {
    it('stores the same delivery once, whichever replica it reaches', async () => {
      const other = await bench().open();
      const accepted = await Promise.all(
        [stores(), other, stores(), other].map(({ inbox }) => inbox.accept([anAlert()])),
      );
      const all = accepted.flat();
      expect(new Set(all.map(({ id }) => id)).size).toBe(1);
      expect(all.filter(({ repeated }) => !repeated)).toHaveLength(1);
      await vi.waitFor(async () => expect(await other.inbox.pending(10)).toHaveLength(1));
    });

    it('keeps a new firing and the resolved notice apart, in order, page by page', async () => {
      const { inbox } = stores();
      await inbox.accept([
        anAlert(),
        anAlert({ status: 'resolved' }),
        anAlert({ startsAt: '2026-01-05T11:00:00.000Z' }),
      ]);
      const all = await inbox.pending(10);
      expect(all).toHaveLength(3);
      expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted());
      expect(await inbox.pending(10, all[0]?.id)).toEqual(all.slice(1));
      expect(await inbox.pending(2)).toEqual(all.slice(0, 2));
    });

    it('hands nothing out again that was assigned, until it is released by the case that had it', async () => {
      const { inbox } = stores();
      const [entry] = await inbox.accept([anAlert()]);
      const id = entry?.id ?? '';
      await inbox.assign([id], uidNumbered(1));
      await inbox.assign([id], uidNumbered(1));
      expect(await inbox.pending(10)).toEqual([]);
      await inbox.release([id], uidNumbered(2));
      expect(await inbox.pending(10)).toEqual([]);
      await inbox.release([id], uidNumbered(1));
      expect((await inbox.pending(10)).map((one) => one.id)).toEqual([id]);
      await inbox.assign(['unknown'], uidNumbered(1));
    });

    it('takes a repeat for news when its case was closed long ago', async () => {
      const { cases, inbox } = stores();
      const [entry] = await inbox.accept([anAlert()]);
      const file = await cases.create(caseNumbered(1));
      await inbox.assign([entry?.id ?? ''], uidNumbered(1));
      await cases.replace({ ...file, closure: { at: '2026-01-05T10:01:00.000Z', outcome: 'resolved', reason: '' } });
      const [soon] = await inbox.accept([anAlert({ receivedAt: '2026-01-05T10:02:00.000Z' })]);
      const [late] = await inbox.accept([anAlert({ receivedAt: '2026-01-05T12:00:00.000Z' })]);
      expect([soon?.repeated, late?.repeated]).toEqual([true, false]);
      expect((await inbox.pending(10)).map(({ id }) => id)).toEqual([late?.id]);
    });

    it('wakes the replica that takes alerts in, whoever accepted them', async () => {
      const other = await bench().open();
      let woken = 0;
      other.inbox.subscribe(() => {
        woken += 1;
      });
      await stores().inbox.accept([anAlert()]);
      await vi.waitFor(() => expect(woken).toBeGreaterThan(0));
      await vi.waitFor(async () => expect(await other.inbox.pending(5)).toHaveLength(1));
    });

    it('keeps what was accepted over the end of the process', async () => {
      await stores().inbox.accept([anAlert()]);
      stores().close();
      expect(await (await bench().open()).inbox.pending(5)).toHaveLength(1);
    });

    it('takes in the largest delivery that is let in', async () => {
      const alerts = Array.from({ length: 500 }, (_, n) => anAlert({ fingerprint: `f${n}` }));
      expect(await stores().inbox.accept(alerts)).toHaveLength(500);
      expect(await stores().inbox.pending(1_000)).toHaveLength(500);
    });
  });
};

const describeJournal = (bench: () => StoresBench, stores: () => Stores): void => {
  describe('the journal', () => {
    it('is one whole chain whoever appends, and returns the lines of an incident in order', async () => {
      const other = await bench().open();
      await Promise.all(
        Array.from({ length: 8 }, (_, n) => (n % 2 === 0 ? stores() : other).journal.append(lineOf('bot', `${n}`))),
      );
      await stores().cases.create(caseNumbered(1), lineOf(uidNumbered(1), 'open'));
      await stores().journal.append(lineOf(uidNumbered(1), 'beside a page'));
      const lines = await other.journal.of('bot');
      expect(lines).toHaveLength(8);
      expect(lines.map(({ sequence }) => sequence)).toEqual(
        lines.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
      );
      expect((await other.journal.of(uidNumbered(1))).map(({ subject }) => subject)).toEqual(['open', 'beside a page']);
      expect(await stores().journal.firstBroken()).toBeNull();
    });

    it.each(['change', 'cut'] as const)('shows a record that somebody %s behind its back', async (how) => {
      const file = await stores().cases.create(caseNumbered(1), lineOf(uidNumbered(1), '0'));
      let current: CaseFile | null = file;
      for (let n = 1; n < 5 && current !== null; n += 1) {
        current = await stores().cases.replace(current, lineOf(uidNumbered(1), `${n}`));
      }
      expect(await stores().journal.firstBroken()).toBeNull();
      await bench().tamper(uidNumbered(1), 3, how);
      expect(await stores().journal.firstBroken()).toMatchObject({ sequence: 3 });
    });

    it('grows past any single object, and is still whole', async () => {
      const detail = { words: Array.from({ length: 60 }, (_, n) => `${n} ${Math.random()}`) };
      for (let n = 0; n < 170; n += 1) await stores().journal.append({ ...lineOf('bot', `${n}`), detail });
      expect((await stores().journal.of('bot')).map(({ subject }) => Number(subject))).toEqual(
        Array.from({ length: 170 }, (_, n) => n),
      );
      expect(await stores().journal.firstBroken()).toBeNull();
    });
  });
};

const describeLedgers = (bench: () => StoresBench, stores: () => Stores): void => {
  describe('the ledgers', () => {
    it('find a shown message by its address, and keep when it was first shown', async () => {
      const other = await bench().open();
      const message = { uid: 'u', key: 'root', channel: 'C', ts: '1.1', hash: 'a', at: '2026-01-05T10:00:00.000Z' };
      await stores().shown.put(message);
      await other.shown.put({ ...message, hash: 'b', at: '2026-01-05T11:00:00.000Z' });
      await Promise.all(['x', 'y', 'z'].map((key, n) => stores().shown.put({ ...message, key, ts: `2.${n}` })));
      expect(await stores().shown.byMessage('C', '1.1')).toEqual({ ...message, hash: 'b' });
      expect((await other.shown.of('u')).map(({ key }) => key).toSorted()).toEqual(['root', 'x', 'y', 'z']);
      expect(await stores().shown.byMessage('C', '9.9')).toBeNull();
      expect(await stores().shown.of('nobody')).toEqual([]);
    });

    it('let an outside event act once over all replicas, again after a release, and again after a day', async () => {
      const other = await bench().open();
      const firsts = await Promise.all([stores(), other, stores(), other].map(({ seen }) => seen.first('event')));
      expect(firsts.filter(Boolean)).toHaveLength(1);
      await other.seen.release('event');
      expect([await stores().seen.first('event'), await other.seen.first('event')]).toEqual([true, false]);
      bench().clock.advance(2 * 86_400_000);
      expect(await stores().seen.first('event')).toBe(true);
    });

    it('tell every replica of a setting', async () => {
      const other = await bench().open();
      const told: string[] = [];
      other.settings.subscribe((key) => told.push(key));
      await stores().settings.set('mode', 'autonomous');
      await stores().settings.set('mode', 'watchtower');
      await vi.waitFor(async () => expect(await other.settings.get('mode')).toBe('watchtower'));
      expect(await other.settings.get('other')).toBeNull();
      await vi.waitFor(() => expect(told).toContain('mode'));
    });

    it('keep memories by uid, for every replica', async () => {
      const other = await bench().open();
      const memory = {
        ...{ uid: 'u', at: '', namespace: 'n', workload: 'w', alertName: 'a', summary: 's', signature: 'x' },
        outcome: 'resolved',
      } as const;
      const told: string[] = [];
      other.memories.subscribe((one) => told.push(one.outcome));
      await stores().memories.put(memory);
      await stores().memories.put({ ...memory, outcome: 'escalated' });
      expect(await stores().memories.all()).toEqual([{ ...memory, outcome: 'escalated' }]);
      await vi.waitFor(() => expect(told).toContain('escalated'));
    });

    it('keep changes by namespace and time, oldest first, and one write once', async () => {
      const changeAt = (at: string, namespace = 'n'): ChangeData => {
        const object = { apiVersion: 'v1', kind: 'Service', namespace, name: 's' };
        return { kind: 'change', changes: [{ at, object, path: '/spec', manager: 'm' }] };
      };
      const { changes } = stores();
      await changes.put(changeAt('2026-01-05T10:05:00.000Z'), 'uid.2');
      await changes.put(changeAt('2026-01-05T10:00:00.000Z'), 'uid.1');
      await changes.put(changeAt('2026-01-05T10:00:00.000Z', 'elsewhere'), 'other.1');
      await (await bench().open()).changes.put(changeAt('2026-01-05T10:00:00.000Z'), 'uid.1');
      const times = (await changes.since('n', '2026-01-05T09:00:00.000Z')).map(({ changes: [first] }) => first?.at);
      expect(times).toEqual(['2026-01-05T10:00:00.000Z', '2026-01-05T10:05:00.000Z']);
      expect(await changes.since('n', '2026-01-05T11:00:00.000Z')).toEqual([]);
    });

    it('keep what was seen last of each collection, for whoever opens the store next', async () => {
      const seen = (seenAt: string): Sighting => ({
        ...{ seenAt, knownSince: '2026-01-05T09:00:00.000Z', hiddenBy: 'k', isWhole: true },
        objects: [{ name: 'cart', uid: 'u', view: { spec: { replicas: 2 } } }],
      });
      const { sightings } = stores().changes;
      expect(await sightings.get('v1 Service n')).toBeNull();
      await sightings.put('v1 Service n', seen('2026-01-05T10:00:00.000Z'));
      await sightings.put('v1 Service n', seen('2026-01-05T10:05:00.000Z'));
      await sightings.put('v1 Secret n', seen('2026-01-05T10:06:00.000Z'));
      const reopened = (await bench().open()).changes.sightings;
      expect(await reopened.get('v1 Service n')).toEqual(seen('2026-01-05T10:05:00.000Z'));
    });
  });
};

/** What every store must do, whatever it is made of. */
export const describeStores = (name: string, openBench: () => Promise<StoresBench>): void => {
  let bench: StoresBench;
  let stores: Stores;

  beforeEach(async () => {
    bench = await openBench();
    stores = await bench.open();
  });
  afterEach(async () => {
    await bench.close();
  });

  describe(name, () => {
    const here = [() => bench, () => stores] as const;
    describeCases(...here);
    describeInbox(...here);
    describeJournal(...here);
    describeLedgers(...here);
  });
};
