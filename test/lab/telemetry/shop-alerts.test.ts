import { afterEach, describe, expect, it } from 'vitest';
import { scrapeMs } from '../../../src/lab/telemetry/engine.ts';
import { createShopBench, type ShopBench } from './shop-bench.ts';

let bench: ShopBench | undefined;
afterEach(() => bench?.stop());

/** What fires within so many seconds after a fault, as `alert workload`. */
const firesWithin = (shop: ShopBench, seconds: number): ReadonlySet<string> => {
  const fired = new Set<string>();
  for (let passedMs = 0; passedMs < seconds * 1_000; passedMs += scrapeMs) {
    for (const { labels, state } of shop.tick()) {
      if (state === 'firing') fired.add(`${labels.alertname} ${labels.workload ?? labels.deployment}`);
    }
  }
  return fired;
};

describe('the product’s alert rules over the shop', () => {
  it('stay silent for half an hour while the shop is well', async () => {
    bench = await createShopBench();
    const { engine, time } = bench;
    for (let scrape = 1; scrape <= 900; scrape += 1) expect(engine.tick(time.nowMs() + scrape * scrapeMs)).toEqual([]);
    expect(engine.board.groups().length).toBeGreaterThanOrEqual(3);
    expect(JSON.stringify(engine.board.groups())).not.toContain('"health":"err"');
  }, 120_000);

  it.each([
    ['bad-image', 'ContainerWaiting recommendationservice'],
    ['crash-loop', 'ContainerRestarting checkoutservice'],
    ['memory-limit', 'ContainerRestarting adservice'],
    ['cpu-stress', 'CpuSaturated currencyservice'],
    ['network-delay', 'EdgeLatencyHigh productcatalogservice'],
    ['selector-drift', 'EdgeErrorsHigh cartservice'],
    ['scaled-to-zero', 'WorkloadReplicasZero paymentservice'],
    ['redis-connections', 'RedisConnectionsHigh redis-cart'],
    ['false-alarm', 'FrontendLatencyHigh frontend'],
  ])('%s makes %s fire within twenty seconds', async (fault, alert) => {
    bench = await createShopBench({ quietMinutes: 1 });
    bench.chaos.inject(fault);
    expect(firesWithin(bench, 20)).toContain(alert);
  });

  it('fall silent again when a fault is gone', async () => {
    bench = await createShopBench({ quietMinutes: 1 });
    bench.chaos.inject('selector-drift');
    expect(firesWithin(bench, 20).size).toBeGreaterThan(0);
    bench.chaos.clear('selector-drift');
    firesWithin(bench, 60);
    expect(firesWithin(bench, 10)).toEqual(new Set());
  });
});
