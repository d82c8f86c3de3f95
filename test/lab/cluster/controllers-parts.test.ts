import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inDeletionOrder } from '../../../src/lab/cluster/controllers/deletion-preference.ts';
import { deploymentSpecOf } from '../../../src/lab/cluster/controllers/deployment/deployment-spec.ts';
import {
  newSetSize,
  oldSetSizes,
  proportionalSizes,
} from '../../../src/lab/cluster/controllers/deployment/rollout-arithmetic.ts';
import { templateHash, templateText } from '../../../src/lab/cluster/controllers/deployment/template-hash.ts';
import { createEventRecorder } from '../../../src/lab/cluster/controllers/event-recorder.ts';
import { createSeededRandom } from '../../../src/lab/cluster/controllers/seeded-random.ts';
import { createSteppedTime } from '../../../src/lab/cluster/controllers/stepped-time.ts';
import { createWorkQueue } from '../../../src/lab/cluster/controllers/work-queue.ts';
import { createKubeStore } from '../../../src/lab/cluster/create-kube-store.ts';
import type { KubeObject } from '../../../src/lab/cluster/kube-object.ts';
import { StoreError } from '../../../src/lab/cluster/kube-store.ts';

const template = (annotations: Readonly<Record<string, string>>) => ({
  metadata: { labels: { app: 'web' }, annotations },
  spec: { containers: [{ name: 'server', image: 'web:v1' }] },
});

describe('a template hash', () => {
  it('depends on what the template says, not on the order in which it says it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (annotations) => {
        const reversed = Object.fromEntries(Object.entries(annotations).reverse());
        expect(templateHash(template(annotations))).toBe(templateHash(template(reversed)));
        expect(templateHash(template(annotations))).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
      }),
    );
  });

  it('ignores the hash label that a ReplicaSet adds, and nothing else', () => {
    const plain = template({});
    const labelled = { ...plain, metadata: { ...plain.metadata, labels: { app: 'web', 'pod-template-hash': 'x' } } };
    expect(templateText(labelled)).toBe(templateText(plain));
    expect(templateHash(template({ restartedAt: 'now' }))).not.toBe(templateHash(plain));
  });
});

describe('the arithmetic of a rolling update', () => {
  const sizes = fc.record({ wanted: fc.nat(20), available: fc.nat(20) }).map(({ wanted, available }) => ({
    wanted,
    available: Math.min(wanted, available),
  }));
  const spec = fc
    .record({ replicas: fc.nat(20), maxSurge: fc.oneof(fc.nat(5), fc.constant('25%')), maxUnavailable: fc.nat(5) })
    .map(({ replicas, maxSurge, maxUnavailable }) =>
      deploymentSpecOf({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: { replicas, template: template({}), strategy: { rollingUpdate: { maxSurge, maxUnavailable } } },
      }),
    );

  it('never grows the new ReplicaSet past the surge', () => {
    fc.assert(
      fc.property(spec, sizes, fc.array(sizes, { maxLength: 4 }), (wishes, current, old) => {
        const before = current.wanted + old.reduce((sum, set) => sum + set.wanted, 0);
        const after = before - current.wanted + newSetSize(wishes, current, old);
        expect(after).toBeLessThanOrEqual(Math.max(before, wishes.replicas + wishes.maxSurge));
      }),
    );
  });

  it('never takes available pods below the minimum, and never takes what is not there', () => {
    fc.assert(
      fc.property(spec, sizes, fc.array(sizes, { maxLength: 4 }), (wishes, current, old) => {
        const after = oldSetSizes(wishes, current, old);
        const left = after.map((wanted, index) => Math.min(wanted, old[index]?.available ?? 0));
        const availableBefore = current.available + old.reduce((sum, set) => sum + set.available, 0);
        const availableAfter = current.available + left.reduce((sum, count) => sum + count, 0);
        expect(after.every((wanted, index) => wanted >= 0 && wanted <= (old[index]?.wanted ?? 0))).toBe(true);
        expect(availableAfter).toBeGreaterThanOrEqual(
          Math.min(availableBefore, wishes.replicas - wishes.maxUnavailable),
        );
      }),
    );
  });

  it('shares a total among ReplicaSets without losing any', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
        fc.nat(60),
        (all, total) => {
          const shared = proportionalSizes(all, total);
          expect(shared.reduce((sum, size) => sum + size, 0)).toBe(total);
          expect(shared.every((size) => size >= 0)).toBe(true);
        },
      ),
    );
  });

  it('leaves room for a beginning when the strategy allows neither more nor fewer pods', () => {
    const metadata = { name: 'web' };
    const strategy = { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } };
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 2, strategy } };
    expect(deploymentSpecOf(deployment)).toMatchObject({ maxSurge: 0, maxUnavailable: 1 });
  });
});

describe('the order in which pods are given up', () => {
  const pod = (
    name: string,
    facts: { node?: string; phase?: string; ready?: string; created?: string },
  ): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, creationTimestamp: facts.created ?? '2026-03-01T10:00:00Z' },
    spec: facts.node === undefined ? {} : { nodeName: facts.node },
    status: {
      phase: facts.phase ?? 'Running',
      conditions: facts.ready === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: facts.ready }],
    },
  });

  it('is unassigned, pending, unready, crowded, young', () => {
    const [early, late] = ['2026-03-01T10:00:00Z', '2026-03-01T10:05:00Z'];
    const order = inDeletionOrder([
      pod('old', { node: 'a', ready: early }),
      pod('young', { node: 'b', ready: late }),
      pod('crowded-1', { node: 'c', ready: early }),
      pod('crowded-2', { node: 'c', ready: late }),
      pod('unready', { node: 'd' }),
      pod('pending', { node: 'e', phase: 'Pending' }),
      pod('unassigned', { phase: 'Pending' }),
    ]).map(({ metadata }) => metadata.name);
    expect(order).toEqual(['unassigned', 'pending', 'unready', 'crowded-2', 'crowded-1', 'young', 'old']);
  });
});

describe('seeded random numbers', () => {
  it('repeat with the seed and stay in their range', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [left, right] = [createSeededRandom(seed), createSeededRandom(seed)];
        expect(left.suffix(5)).toBe(right.suffix(5));
        const drawn = left.between(300, 800);
        expect(drawn >= 300 && drawn < 800).toBe(true);
      }),
    );
  });
});

describe('a work queue', () => {
  const queueOf = (reconcile: (key: string) => number | undefined) => {
    const time = createSteppedTime(0);
    const errors: unknown[] = [];
    const onError = (_key: string, error: unknown): number => errors.push(error);
    return { time, errors, queue: createWorkQueue({ nowMs: time.nowMs, timer: time.timer, reconcile, onError }) };
  };

  it('works a key off once, however often it was added, at the soonest time', () => {
    const worked: number[] = [];
    const { time, queue } = queueOf(() => {
      worked.push(time.nowMs());
      return undefined;
    });
    for (const delayMs of [500, 100, 300]) queue.add('a', delayMs);
    time.advance(1_000);
    expect(worked).toEqual([100]);
  });

  it('tries again with growing pauses after a lost race, and does not call that an error', () => {
    const worked: number[] = [];
    const { time, queue, errors } = queueOf(() => {
      worked.push(time.nowMs());
      if (worked.length < 4) throw new StoreError('conflict', 'somebody was faster');
      return undefined;
    });
    queue.add('a');
    time.advance(1_000);
    expect(worked).toEqual([0, 20, 60, 140]);
    expect(errors).toEqual([]);
  });

  it('reports any other error and lives on', () => {
    const { time, queue, errors } = queueOf((key) => {
      if (key === 'bad') throw new TypeError('no spec');
      return undefined;
    });
    queue.add('bad');
    queue.add('good');
    time.advance(100);
    expect(errors.length).toBeGreaterThan(0);
  });

  it('does nothing more once it is stopped', () => {
    let worked = 0;
    const { time, queue } = queueOf(() => {
      worked += 1;
      return 10;
    });
    queue.add('a');
    time.advance(50);
    queue.stop();
    const before = worked;
    queue.add('b');
    time.advance(1_000);
    expect(worked).toBe(before);
  });
});

describe('the event recorder', () => {
  const about = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', uid: 'u1' },
  };
  const note = { type: 'Warning', reason: 'Failed', message: 'no', component: 'kubelet' } as const;
  const recorderOf = () => {
    const time = createSteppedTime(Date.parse('2026-03-01T10:00:00Z'));
    const store = createKubeStore({ now: time.nowMs });
    const random = createSeededRandom(7);
    return { time, store, recorder: createEventRecorder({ store, nowMs: time.nowMs, random, ttlMs: 60_000 }) };
  };

  it('counts the same note and keeps different ones apart', () => {
    const { time, store, recorder } = recorderOf();
    recorder.record(about, note);
    time.advance(5_000);
    recorder.record(about, note);
    recorder.record(about, { ...note, message: 'never' });
    expect(
      store.list('events').map((event) => [event.message, event.count, event.firstTimestamp, event.lastTimestamp]),
    ).toEqual([
      ['no', 2, '2026-03-01T10:00:00Z', '2026-03-01T10:00:05Z'],
      ['never', 1, '2026-03-01T10:00:05Z', '2026-03-01T10:00:05Z'],
    ]);
  });

  it('forgets what is old, and starts to count anew', () => {
    const { time, store, recorder } = recorderOf();
    recorder.record(about, note);
    time.advance(61_000);
    recorder.sweep();
    expect(store.list('events')).toEqual([]);
    recorder.record(about, note);
    expect(store.list('events')[0]?.count).toBe(1);
  });

  it('keeps the newest when there are too many', () => {
    const { time, store, recorder } = recorderOf();
    for (let index = 0; index < 2_010; index += 1) {
      if (index === 10) time.advance(1_000);
      recorder.record(about, { ...note, message: String(index) });
    }
    recorder.sweep();
    expect(store.list('events')).toHaveLength(2_000);
    expect(store.list('events').some((event) => event.message === '0')).toBe(false);
  });
});
