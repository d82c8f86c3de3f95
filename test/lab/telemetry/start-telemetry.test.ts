import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTelemetry, type Telemetry, type TelemetryOptions } from '../../../src/lab/telemetry/start-telemetry.ts';
import { type ListeningPost, startListeningPost } from './listening-post.ts';
import { createPaperWorld } from './paper-world.ts';

let rulesFolder: string;
let post: ListeningPost;
let telemetry: Telemetry | undefined;

const start = async (more: Partial<TelemetryOptions> = {}): Promise<Telemetry> => {
  telemetry = await startTelemetry({
    world: createPaperWorld(),
    nowMs: Date.now,
    rulesFolder,
    receivers: [{ kind: 'alertmanager', url: post.url, token: 'secret' }],
    pastMs: 120_000,
    ...more,
  });
  return telemetry;
};

const ask = async (
  url: string,
): Promise<{ readonly data: { readonly result: readonly { readonly values: readonly unknown[] }[] } }> =>
  (await fetch(url)).json() as never;

beforeEach(async () => {
  rulesFolder = mkdtempSync(join(tmpdir(), 'rules-'));
  writeFileSync(
    join(rulesFolder, 'rules.yaml'),
    'groups: [{name: g, rules: [{alert: Always, expr: vector(1), labels: {severity: info}}]}]',
  );
  post = await startListeningPost();
});

afterEach(async () => {
  await telemetry?.close();
  telemetry = undefined;
  await post.close();
  rmSync(rulesFolder, { recursive: true });
});

describe('the telemetry of the laboratory', () => {
  it('has a past when it starts, in Prometheus and in Loki', async () => {
    const { prometheusUrl, lokiUrl } = await start();
    const now = Date.now() / 1_000;
    const span = `start=${now - 110}&end=${now}`;
    const metrics = await ask(
      `${prometheusUrl}/api/v1/query_range?query=${encodeURIComponent('sum(rate(response_total{direction="inbound"}[20s]))')}&${span}&step=10`,
    );
    expect(metrics.data.result[0]?.values.length).toBeGreaterThanOrEqual(10);
    const logs = await ask(
      `${lokiUrl}/loki/api/v1/query_range?query=${encodeURIComponent('{app="frontend"}')}&${span}&limit=5000`,
    );
    expect(logs.data.result[0]?.values.length).toBeGreaterThanOrEqual(50);
  });

  it('evaluates and notifies from the first moment, and shows what fires', async () => {
    const { firing, prometheusUrl } = await start();
    expect(firing().map(({ labels }) => labels)).toEqual([{ alertname: 'Always', severity: 'info' }]);
    await vi.waitFor(() => expect(post.heard).toHaveLength(1));
    expect(post.heard[0]?.body.alerts[0].generatorURL).toContain(`${prometheusUrl}/graph?`);
    expect(post.heard[0]?.headers.authorization).toBe('Bearer secret');
  });

  it('takes rules and receivers while it runs, and lets them go', async () => {
    const running = await start({ receivers: [] });
    const other = await startListeningPost();
    const leave = running.addReceiver({ kind: 'goalert', url: `${other.url}/s3cret` });
    const remove = running.addRule({ alert: 'Noise', expr: 'vector(1)', labels: { workload: 'frontend' } });
    await vi.waitFor(() => expect(running.firing()).toHaveLength(2), { timeout: 10_000 });
    await vi.waitFor(() => expect(other.heard.map(({ body }) => body.Type)).toEqual(['Alert', 'Alert']), {
      timeout: 10_000,
    });
    remove();
    await vi.waitFor(() => expect(other.heard.map(({ body }) => body.Type)).toContain('AlertStatus'), {
      timeout: 10_000,
    });
    await running.sendTest();
    expect(other.heard.at(-1)?.body).toEqual({ AppName: 'GoAlert', Type: 'Test' });
    leave();
    await other.close();
  });

  it('goes on after a tick that failed, and tells of it', async () => {
    const world = createPaperWorld();
    const troubles: unknown[] = [];
    let steps = 0;
    const shaky = {
      step: (nowMs: number) => {
        steps += 1;
        if (steps === 2) throw new Error('the world stumbled');
        return world.step(nowMs);
      },
    };
    const { firing } = await start({ world: shaky, pastMs: 2_000, onTrouble: (error) => troubles.push(error) });
    expect(troubles).toMatchObject([{ message: 'the world stumbled' }]);
    await vi.waitFor(() => expect(firing()).toHaveLength(1), { timeout: 10_000 });
  });

  it('does not start with a rule that is not valid', async () => {
    writeFileSync(join(rulesFolder, 'worse.yml'), 'groups: [{name: g, rules: [{alert: A, expr: "sum("}]}]');
    await expect(start()).rejects.toThrow(/worse\.yml holds a rule that is not valid/);
  });
});
