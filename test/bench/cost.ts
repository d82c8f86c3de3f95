import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startLaboratory } from '../../src/lab/laboratory.ts';
import { benchEnvironment, root, startBuiltBot } from './built-bot.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { measureOne } from './road.ts';

type Counts = ReadonlyMap<string, number>;

const countBy = <T>(items: readonly T[], keyOf: (item: T) => string): Counts => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
};

const writtenKb = (pid: number): number =>
  Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0) / 1024;

/** Counts what incidents cost, from the alert to the end of the road: requests, queries, calls, processor time and bytes. */
export const benchCost = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: { incidents: { type: 'string', default: '10' } } });
  const incidents = Number(values.incidents);
  const lab = await startLaboratory({ manifestsFolder: join(root, 'manifests') });
  const prometheus = await startCountingProxy(lab.telemetry.prometheusUrl);
  const loki = await startCountingProxy(lab.telemetry.lokiUrl);
  const { dataDir, env } = benchEnvironment(lab, {
    PROMETHEUS_URL: prometheus.url,
    LOKI_URL: loki.url,
    AUTO_APPROVE_SECONDS: '5',
    VERIFY_STABLE_SECONDS: '2',
    WRITES_PER_TEN_MINUTES_MAX: '100',
  });
  const bot = await startBuiltBot(env);
  await sleep(5_000);
  const idle = { fromMs: Date.now(), cpuMs: bot.cpuMs() };
  await sleep(20_000);
  const idleShare = (bot.cpuMs() - idle.cpuMs) / (Date.now() - idle.fromMs);
  const before = {
    atMs: Date.now(),
    cpuMs: bot.cpuMs(),
    kb: writtenKb(bot.pid),
    prometheus: prometheus.count(),
    loki: loki.count(),
  };
  for (let number = 0; number < incidents; number += 1) {
    const { file } = await measureOne(lab, number, { bot, dataDir });
    console.error(`${number + 1} ${file.closure?.outcome}`);
  }
  await sleep(5_000);
  const spentMs = Date.now() - before.atMs;
  const each = (value: number): string => (value / incidents).toFixed(1);
  const asked = lab.cluster
    .auditEvents()
    .filter(
      ({ user, stageTimestamp }) =>
        /:ai4all-sre(-act)?$/.test(user.username) && Date.parse(stageTimestamp) >= before.atMs,
    );
  console.log('| per incident | mean |\n| --- | --- |');
  for (const [verb, count] of countBy(asked, (event) => event.verb))
    console.log(`| Kubernetes API, ${verb} | ${each(count)} |`);
  console.log(`| Prometheus queries | ${each(prometheus.count() - before.prometheus)} |`);
  console.log(`| Loki queries | ${each(loki.count() - before.loki)} |`);
  const calls = lab.slack.calls().filter(({ atMs }) => atMs >= before.atMs);
  for (const [method, count] of countBy(calls, (call) => call.method))
    console.log(`| Slack, ${method} | ${each(count)} |`);
  const cpuMs = bot.cpuMs() - before.cpuMs;
  console.log(`| CPU of the bot | ${each(cpuMs)} ms (idle it uses ${(100 * idleShare).toFixed(1)} % of a core) |`);
  console.log(`| of it beyond idling | ${each(cpuMs - idleShare * spentMs)} ms |`);
  console.log(`| written to disk | ${each(writtenKb(bot.pid) - before.kb)} kB |`);
  await bot.stop();
  prometheus.close();
  loki.close();
  await lab.close();
};
