import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorld, type ShopWorld } from '../../src/lab/world/create-world.ts';
import type { Sample, WorldLogLine } from '../../src/lab/world/world.ts';
import { addReadyPod, createRunningBoutique, namespace, setReady } from './world-boutique.ts';

const start = Date.parse('2026-03-01T10:00:00Z');

const keyOf = (sample: Sample): string =>
  `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort(([one], [other]) => (one < other ? -1 : 1)))}`;

const isCounter = (name: string): boolean => /_(total|count|sum|bucket)$/.test(name);

/** A shop that can be run for a while and asked what it showed. */
const openShop = (seed: number) => {
  let now = start;
  const store = createRunningBoutique(() => now);
  const world: ShopWorld = createWorld({ store, namespace, seed });
  world.step(now);
  const run = (seconds: number) => {
    const steps: (readonly Sample[])[] = [];
    const logs: WorldLogLine[] = [];
    for (let second = 0; second < seconds; second += 2) {
      now += 2_000;
      const shown = world.step(now);
      steps.push(shown.samples);
      logs.push(...shown.logs);
    }
    return { steps, logs, last: steps.at(-1) ?? [] };
  };
  return {
    store,
    world,
    run,
    podOf: (workload: string) => store.get('pods', namespace, `${workload}-5d4f8c7b9-aaaaa`),
  };
};

const totalOf = (samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>>): number =>
  samples
    .filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((sum, sample) => sum + sample.value, 0);

const meanMs = (samples: readonly Sample[], labels: Readonly<Record<string, string>>): number =>
  totalOf(samples, 'response_latency_ms_sum', labels) / totalOf(samples, 'response_latency_ms_count', labels);

const linesOf = (logs: readonly WorldLogLine[], app: string): string =>
  logs
    .filter((line) => line.labels.app === app)
    .map((line) => line.line)
    .join('\n');

/** Every histogram in one scrape: cumulative buckets by rising bound, sum, count, and the responses that it is about. */
const histogramsIn = (samples: readonly Sample[]) =>
  samples
    .filter((sample) => sample.name === 'response_latency_ms_count')
    .map(({ labels, value: count }) => {
      const own = samples.filter((sample) =>
        Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
      );
      const buckets = own
        .filter((sample) => sample.name === 'response_latency_ms_bucket')
        .sort(
          (one, other) =>
            Number(one.labels.le?.replace('+Inf', 'Infinity')) - Number(other.labels.le?.replace('+Inf', 'Infinity')),
        )
        .map((sample) => sample.value);
      return {
        count,
        buckets,
        sum: totalOf(own, 'response_latency_ms_sum', labels),
        responses: totalOf(own, 'response_total', labels),
      };
    });

const edge = (deployment: string, to: string) => ({ deployment, direction: 'outbound', dst_deployment: to });
const inbound = (deployment: string) => ({ deployment, direction: 'inbound' });

describe('a quiet shop', () => {
  it('answers everything, quickly, for any seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const { world, run } = openShop(seed);
        const { last } = run(60);
        expect(totalOf(last, 'response_total', { classification: 'failure' })).toBe(0);
        expect(totalOf(last, 'response_total', { ...inbound('frontend'), classification: 'success' })).toBeGreaterThan(
          700,
        );
        expect(world.health('frontend').p99Ms).toBeLessThan(200);
        expect(meanMs(last, inbound('frontend'))).toBeLessThan(60);
      }),
      { numRuns: 12 },
    );
  });

  it('shows counters that only grow, for any seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const before = new Map<string, number>();
        const shrunk = openShop(seed)
          .run(30)
          .steps.flat()
          .filter((sample) => isCounter(sample.name))
          .filter((sample) => {
            const key = keyOf(sample);
            const last = before.get(key) ?? 0;
            before.set(key, sample.value);
            return sample.value < last;
          });
        expect(shrunk).toEqual([]);
      }),
      { numRuns: 5 },
    );
  });

  it('shows histograms whose buckets nest and end at the count, with a sum that the buckets allow', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        for (const histogram of histogramsIn(openShop(seed).run(20).last)) {
          expect(histogram.buckets).toHaveLength(24);
          expect(histogram.buckets).toEqual([...histogram.buckets].sort((one, other) => one - other));
          expect(histogram.buckets.at(-1)).toBe(histogram.count);
          expect(histogram.count).toBe(histogram.responses);
          expect(histogram.sum).toBeGreaterThan(0);
          expect(histogram.sum).toBeLessThan(histogram.count * 1_000);
        }
      }),
      { numRuns: 5 },
    );
  });

  it('is the same shop for the same seed, and another for another', () => {
    const [one, same, other] = [3, 3, 4].map((seed) => openShop(seed).run(30));
    expect(same).toEqual(one);
    expect(other?.last).not.toEqual(one?.last);
  });

  it('never shows the same series twice in one step', () => {
    const keys = openShop(1).run(10).last.map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('stays below its limits in CPU and memory', () => {
    const { run, store } = openShop(5);
    const { last } = run(120);
    for (const pod of store.list('pods', namespace)) {
      const of = { pod: pod.metadata.name };
      const memory = totalOf(last, 'container_memory_working_set_bytes', of);
      const limit = totalOf(last, 'kube_pod_container_resource_limits', { ...of, resource: 'memory' });
      expect(memory).toBeGreaterThan(0.05 * limit);
      expect(memory).toBeLessThan(0.8 * limit);
      expect(totalOf(last, 'container_cpu_cfs_throttled_periods_total', of)).toBe(0);
    }
  });

  it('logs a few lines a second in order of time, some with a token in them', () => {
    const { logs } = openShop(8).run(300);
    expect(logs.length / 300).toBeGreaterThan(1);
    expect(logs.length / 300).toBeLessThan(12);
    expect(logs.every((line, index) => line.timestampNs >= (logs[index - 1]?.timestampNs ?? ''))).toBe(true);
    expect(logs.every((line) => /^\d{19}$/.test(line.timestampNs))).toBe(true);
    expect(linesOf(logs, 'frontend')).toMatch(/"authorization":"Bearer ey/);
    expect(new Set(logs.map((line) => line.labels.app)).size).toBe(12);
  });

  it('may take one long step instead of many short ones', () => {
    const { world, store } = openShop(10);
    const { samples, logs } = world.step(start + 600_000);
    const pages = totalOf(samples, 'response_total', inbound('frontend'));
    expect(pages).toBeGreaterThan(600 * 20 * 0.7);
    expect(pages).toBeLessThan(600 * 20 * 1.4);
    expect(totalOf(samples, 'response_total', { classification: 'failure' })).toBe(0);
    expect(logs.length).toBeLessThan(1_000);
    expect(store.list('pods', namespace)).toHaveLength(12);
  });

  it('does not go backwards in time', () => {
    const { world, run } = openShop(9);
    const { last } = run(10);
    const again = world.step(start);
    expect(totalOf(again.samples, 'response_total', {})).toBe(totalOf(last, 'response_total', {}));
  });

  it('sends nobody when the load generator is away', () => {
    const { store, run } = openShop(2);
    const before = run(10).last;
    setReady(store, 'loadgenerator-5d4f8c7b9-aaaaa', false);
    const after = run(10).last;
    expect(totalOf(after, 'response_total', inbound('frontend'))).toBe(
      totalOf(before, 'response_total', inbound('frontend')),
    );
  });
});

describe('a callee that is gone', () => {
  it('takes its callers with it where it is essential', () => {
    const { store, run, world } = openShop(11);
    setReady(store, 'paymentservice-5d4f8c7b9-aaaaa', false);
    const { last, logs } = run(60);
    expect(
      totalOf(last, 'response_total', { ...edge('checkoutservice', 'paymentservice'), classification: 'success' }),
    ).toBe(0);
    expect(
      totalOf(last, 'response_total', { ...inbound('checkoutservice'), classification: 'failure' }),
    ).toBeGreaterThan(0);
    expect(totalOf(last, 'response_total', { ...inbound('frontend'), classification: 'failure' })).toBeGreaterThan(0);
    expect(world.health('frontend').errorRatio).toBeLessThan(0.5);
    expect(linesOf(logs, 'checkoutservice')).toMatch(
      /rpc error: code = Unavailable desc = connection error: .*dial tcp 10\.\d+\.\d+\.\d+:50051: connect: connection refused/,
    );
    expect(linesOf(logs, 'frontend')).toContain('failed to complete the order');
  });

  it('is hardly missed where it is only welcome', () => {
    const { store, run, world } = openShop(12);
    setReady(store, 'adservice-5d4f8c7b9-aaaaa', false);
    const { last, logs } = run(30);
    expect(
      totalOf(last, 'response_total', { ...edge('frontend', 'adservice'), classification: 'failure' }),
    ).toBeGreaterThan(50);
    expect(world.health('frontend').errorRatio).toBe(0);
    expect(linesOf(logs, 'frontend')).toContain('failed to retrieve ads');
  });

  it.each([
    ['a Service that selects nothing', { selector: { app: 'nobody' } }, 'connection refused'],
    ['another Service port', { ports: [{ port: 7071, targetPort: 7070 }] }, 'i/o timeout'],
    ['a target port where nobody listens', { ports: [{ port: 7070, targetPort: 7999 }] }, 'connection refused'],
  ])('may be cut off by %s', (_, change, words) => {
    const { store, run } = openShop(13);
    const service = store.get('services', namespace, 'cartservice');
    if (service === undefined) throw new Error('no service');
    store.update('services', { ...service, spec: { ...service.spec, ...change } }, 'test');
    const { last, logs } = run(20);
    expect(totalOf(last, 'response_total', { ...inbound('cartservice'), classification: 'success' })).toBe(0);
    expect(linesOf(logs, 'frontend')).toContain(words);
  });
});

describe('effects inside pods', () => {
  it('CPU stress throttles the pod, slows its answers and ends with the pod', () => {
    const { store, run, world, podOf } = openShop(21);
    const quiet = run(30).last;
    const uid = podOf('currencyservice')?.metadata.uid ?? '';
    world.effects.add({ kind: 'cpu-stress', podUids: [uid], cores: 0.5 });
    const stressed = run(30);
    const pod = { pod: 'currencyservice-5d4f8c7b9-aaaaa' };
    const grown = (name: string): number => totalOf(stressed.last, name, pod) - totalOf(quiet, name, pod);
    expect(grown('container_cpu_usage_seconds_total') / 30).toBeCloseTo(0.2, 2);
    expect(
      grown('container_cpu_cfs_throttled_periods_total') / grown('container_cpu_cfs_periods_total'),
    ).toBeGreaterThan(0.8);
    expect(world.health('currencyservice').p99Ms).toBeGreaterThan(60);
    store.remove('pods', namespace, pod.pod);
    addReadyPod(store, 'currencyservice', 'bbbbb');
    expect(world.effects.active()).toEqual([]);
    run(10);
    expect(world.health('currencyservice').p99Ms).toBeLessThan(30);
  });

  it('network delay is felt by the caller and not seen by the callee', () => {
    const { run, world, podOf } = openShop(22);
    const uid = podOf('productcatalogservice')?.metadata.uid ?? '';
    const id = world.effects.add({ kind: 'network-delay', podUids: [uid], peer: 'frontend', delayMs: 500 });
    const { last } = run(30);
    expect(meanMs(last, edge('frontend', 'productcatalogservice'))).toBeGreaterThan(350);
    expect(meanMs(last, edge('checkoutservice', 'productcatalogservice'))).toBeLessThan(20);
    expect(meanMs(last, inbound('productcatalogservice'))).toBeLessThan(20);
    expect(world.health('frontend').p99Ms).toBeGreaterThan(400);
    world.effects.remove(id);
    run(10);
    expect(world.health('frontend').p99Ms).toBeLessThan(200);
  });

  it('a delay beyond the patience of the caller ends in a deadline', () => {
    const { run, world, podOf } = openShop(23);
    const uid = podOf('frontend')?.metadata.uid ?? '';
    world.effects.add({ kind: 'network-delay', podUids: [uid], peer: 'cartservice', delayMs: 4_000 });
    const { last, logs } = run(10);
    expect(
      totalOf(last, 'response_total', { ...edge('frontend', 'cartservice'), classification: 'failure' }),
    ).toBeGreaterThan(20);
    expect(totalOf(last, 'response_total', { ...inbound('cartservice'), classification: 'failure' })).toBe(0);
    expect(linesOf(logs, 'frontend')).toContain('context deadline exceeded');
  });

  it('a connection leak fills Redis until it refuses, and restarting the leaking pod frees it', () => {
    const { run, world, podOf, store } = openShop(24);
    const uid = podOf('cartservice')?.metadata.uid ?? '';
    world.effects.add({ kind: 'connection-leak', podUids: [uid], peer: 'redis-cart', perSecond: 16 });
    const { last, logs } = run(30);
    expect(totalOf(last, 'redis_connected_clients', {})).toBe(totalOf(last, 'redis_config_maxclients', {}));
    expect(totalOf(last, 'redis_rejected_connections_total', {})).toBeGreaterThan(0);
    expect(world.health('cartservice').errorRatio).toBeGreaterThan(0.6);
    expect(linesOf(logs, 'cartservice')).toContain('ERR max number of clients reached');
    store.remove('pods', namespace, 'cartservice-5d4f8c7b9-aaaaa');
    addReadyPod(store, 'cartservice', 'bbbbb');
    const { last: healed } = run(10);
    expect(totalOf(healed, 'redis_connected_clients', {})).toBeLessThan(20);
    expect(world.health('cartservice').errorRatio).toBe(0);
  });
});
