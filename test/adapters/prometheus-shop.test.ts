import { createPrometheus } from '../../src/adapters/prometheus/create-prometheus.ts';
import { createPrometheusApi } from '../../src/lab/telemetry/prometheus-api.ts';
import { metricsContract } from '../contracts/metrics.ts';
import { createShopBench, namespace } from '../lab/telemetry/shop-bench.ts';
import { deadUrl, silentLog } from './telemetry-parts.ts';

const options = { rateWindowSeconds: 20, log: silentLog };

metricsContract('Prometheus over the shop', async () => {
  const bench = await createShopBench();
  bench.chaos.inject('false-alarm');
  const toMs = bench.time.nowMs() - 2_000;
  for (let tick = 0; tick < 5; tick += 1) bench.tick();
  const app = createPrometheusApi({ store: bench.engine.store, board: bench.engine.board, nowMs: bench.time.nowMs });
  return {
    metrics: createPrometheus({ url: await app.listen({ host: '127.0.0.1', port: 0 }), ...options }),
    unreachable: createPrometheus({ url: await deadUrl(), ...options }),
    namespace,
    window: { from: new Date(toMs - 90_000).toISOString(), to: new Date(toMs).toISOString() },
    workload: 'cartservice',
    edge: { from: 'frontend', to: 'cartservice' },
    dataStore: 'redis-cart',
    alert: 'FrontendLatencyHigh',
    close: async () => {
      bench.stop();
      await app.close();
    },
  };
});
