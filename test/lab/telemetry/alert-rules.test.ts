import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { completeRule } from '../../../src/lab/telemetry/alerting/added-rule.ts';
import type { ActiveAlert } from '../../../src/lab/telemetry/alerting/alert-rule.ts';
import { fillTemplate } from '../../../src/lab/telemetry/alerting/fill-template.ts';
import { quicken } from '../../../src/lab/telemetry/alerting/quicken.ts';
import { readRules, readRulesFolder } from '../../../src/lab/telemetry/alerting/read-rules.ts';
import { createEngine, type Engine, scrapeMs } from '../../../src/lab/telemetry/engine.ts';
import { byText } from '../../../src/lab/telemetry/labels.ts';
import { createPaperWorld, type PaperWorld, type Trouble } from './paper-world.ts';

const groups = readRulesFolder(fileURLToPath(new URL('../../../manifests/prometheus', import.meta.url)));
const startMs = 1_790_000_000_000;

let world: PaperWorld;
let engine: Engine;
let nowMs: number;

const runFor = (seconds: number): readonly ActiveAlert[] => {
  let alerts: readonly ActiveAlert[] = [];
  for (const untilMs = nowMs + seconds * 1_000; nowMs < untilMs; ) {
    nowMs += scrapeMs;
    alerts = engine.tick(nowMs);
  }
  return alerts;
};

const named = (alerts: readonly ActiveAlert[]): readonly string[] =>
  alerts.map(({ labels, state }) => `${labels.alertname} ${labels.workload} ${state}`);

beforeEach(async () => {
  world = createPaperWorld();
  engine = createEngine({ world, groups, speed: 6 });
  nowMs = startMs + 60_000;
  await engine.recall(startMs, nowMs + 1);
});

describe('the rules of the shop', () => {
  it('all stay silent while the shop is well', () => {
    for (let minute = 0; minute < 30; minute += 1) expect(runFor(60)).toEqual([]);
    expect(engine.board.alerts()).toEqual([]);
  });

  const troubles: readonly (readonly [string, (trouble: Trouble) => void])[] = [
    [
      'WorkloadErrorsHigh frontend',
      (trouble) => {
        trouble.errors.frontend = 0.3;
      },
    ],
    [
      'EdgeErrorsHigh cartservice',
      (trouble) => {
        trouble.errors['frontend>cartservice'] = 0.3;
      },
    ],
    [
      'WorkloadLatencyHigh cartservice',
      (trouble) => {
        trouble.latencyMs.cartservice = 1_500;
      },
    ],
    [
      'EdgeLatencyHigh cartservice',
      (trouble) => {
        trouble.latencyMs['frontend>cartservice'] = 1_500;
      },
    ],
    [
      'WorkloadUnavailable frontend',
      (trouble) => {
        trouble.available.frontend = 0;
      },
    ],
    [
      'WorkloadReplicasZero redis-cart',
      (trouble) => {
        trouble.replicas['redis-cart'] = 0;
      },
    ],
    [
      'ContainerWaiting cartservice',
      (trouble) => {
        trouble.waiting.cartservice = 'ImagePullBackOff';
      },
    ],
    [
      'ContainerRestarting cartservice',
      (trouble) => {
        trouble.restarting.push('cartservice');
      },
    ],
    [
      'CpuSaturated cartservice',
      (trouble) => {
        trouble.cores.cartservice = 1;
      },
    ],
    [
      'MemoryNearLimit cartservice',
      (trouble) => {
        trouble.memoryBytes.cartservice = 120_000_000;
      },
    ],
    [
      'PodNotReady cartservice',
      (trouble) => {
        trouble.unready.push('cartservice');
      },
    ],
    [
      'RolloutStuck cartservice',
      (trouble) => {
        trouble.stuck.push('cartservice');
      },
    ],
    [
      'RedisConnectionsHigh redis-cart',
      (trouble) => {
        trouble.redisClients = 97;
      },
    ],
  ];

  it.each(troubles)('%s fires within twenty seconds, alone, with all its labels', (expected, cause) => {
    cause(world.trouble);
    const alerts = runFor(20);
    expect(named(alerts)).toEqual([`${expected} firing`]);
    expect(alerts[0]?.labels).toMatchObject({
      namespace: 'online-boutique',
      severity: expect.stringMatching(/critical|warning/),
    });
    expect(Object.keys(alerts[0]?.annotations ?? {}).sort(byText)).toEqual(['description', 'runbook_url', 'summary']);
    expect(JSON.stringify(alerts[0]?.annotations)).not.toMatch(/\{\{|NaN|undefined/);
  });

  it("covers every rule that the shop's manifest has", () => {
    const shop = groups.filter(({ file }) => file === 'boutique-rules.yaml');
    const rules = shop.flatMap((group) => group.rules.map((rule) => rule.alert));
    expect(new Set(troubles.map(([expected]) => expected.split(' ')[0]))).toEqual(new Set(rules));
  });

  it('is pending first, keeps its start while it fires, and resolves once', () => {
    world.trouble.redisClients = 97;
    runFor(2);
    expect(engine.board.alerts()).toMatchObject([{ state: 'pending', activeAtMs: startMs + 62_000 }]);
    const fired = runFor(10)[0];
    const later = runFor(20)[0];
    expect(later?.firedAtMs).toBe(fired?.firedAtMs);
    world.trouble.redisClients = 10;
    expect(runFor(2)).toMatchObject([{ state: 'resolved', resolvedAtMs: nowMs, firedAtMs: fired?.firedAtMs }]);
    expect(runFor(2)).toEqual([]);
  });

  it('forgets a condition that did not hold long enough', () => {
    world.trouble.redisClients = 97;
    runFor(2);
    world.trouble.redisClients = 10;
    expect(runFor(30)).toEqual([]);
  });
});

describe('rules that come while the laboratory runs', () => {
  it('fire at once without a duration and resolve when they are taken away', () => {
    const remove = engine.board.addRule(
      completeRule({
        alert: 'FalseAlarm',
        expr: 'vector(1)',
        labels: { namespace: world.namespace, workload: 'frontend' },
      }),
    );
    expect(named(runFor(2))).toEqual(['FalseAlarm frontend firing']);
    remove();
    remove();
    expect(named(runFor(2))).toEqual(['FalseAlarm frontend resolved']);
    expect(runFor(2)).toEqual([]);
  });

  it('are refused when they cannot be read', () => {
    expect(() => engine.board.addRule(completeRule({ alert: 'Broken', expr: 'sum(' }))).toThrow(/parse error/);
    expect(() => completeRule({ alert: 'Broken', expr: 'up', for: 'soon' })).toThrow(/not a duration: soon/);
  });

  it('say in the list of rules why they cannot be evaluated', () => {
    engine.board.addRule(
      completeRule({ alert: 'Ambiguous', expr: 'up / on (x) up or response_total / on (namespace) response_total' }),
    );
    runFor(2);
    const shown = engine.board.groups().at(-1) as { readonly rules: readonly object[] };
    expect(shown.rules).toMatchObject([
      { name: 'Ambiguous', health: 'err', lastError: expect.stringContaining('many') },
    ]);
  });
});

describe('a quicker world', () => {
  it('divides windows, offsets and durations, but leaves room for a few scrapes', () => {
    const rule = completeRule({ alert: 'A', expr: 'rate(a[5m] offset 1m) > rate(b[10s]) + 60', for: '3m' });
    expect(quicken(rule, 6)).toMatchObject({ expr: 'rate(a[50s] offset 10s) > rate(b[8s]) + 60', forMs: 30_000 });
    expect(quicken(rule, 1)).toEqual(rule);
  });
});

describe('rule files', () => {
  const rule = '{alert: A, expr: up == 0, for: 1m, labels: {severity: critical}}';

  it('may be plain or PrometheusRule manifests among other objects', () => {
    const plain = readRules('plain.yaml', `groups: [{name: g, rules: [${rule}]}]`);
    const manifest = readRules(
      'manifest.yaml',
      `kind: ConfigMap\n---\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec: {groups: [{name: g, rules: [${rule}]}]}`,
    );
    expect(plain).toMatchObject([
      { name: 'g', rules: [{ alert: 'A', forMs: 60_000, labels: { severity: 'critical' } }] },
    ]);
    expect(manifest.map(({ rules }) => rules)).toEqual(plain.map(({ rules }) => rules));
  });

  it.each([
    ['groups: [{name: g, rules: [{alert: A, expr: "sum("}]}]', /parse error/],
    ['groups: [{name: g, rules: [{alert: A, expr: up, for: soon}]}]', /not a duration: soon/],
    ['groups: [{name: g, rules: [{record: a:b, expr: up}]}]', /not valid/],
    ['groups: [', /bad.yaml/],
  ])('that are not valid are refused by name: %s', (yaml, message) => {
    expect(() => readRules('bad.yaml', yaml)).toThrow(message);
    expect(() => readRules('bad.yaml', yaml)).toThrow(/bad\.yaml/);
  });
});

describe('templates', () => {
  it.each([
    ['{{ $labels.a }} and {{$labels.none}}', 'x and '],
    ['{{ $value | humanizePercentage }}', '12.35%'],
    ['{{ $value | humanize }}', '123.5m'],
    ['{{ printf "%.1f" $value }}', '{{ printf "%.1f" $value }}'],
    ['{{ $value | printf "%.1f" }}', '0.1'],
    ['{{ $value | unknown }}', '{{ $value | unknown }}'],
  ])('%s becomes %s', (template, text) => {
    expect(fillTemplate(template, { a: 'x' }, 0.12346)).toBe(text);
  });
});
