import type { FastifyInstance } from 'fastify';
import { type AddedRule, completeRule } from './alerting/added-rule.ts';
import type { ActiveAlert } from './alerting/alert-rule.ts';
import { readRulesFolder } from './alerting/read-rules.ts';
import { createEngine, type Engine, type Observed, scrapeMs } from './engine.ts';
import { createJaegerApi } from './jaeger-api.ts';
import { createLokiApi } from './loki-api.ts';
import { createReceivers, type Receiver, type Receivers } from './notify/receivers.ts';
import { createPrometheusApi } from './prometheus-api.ts';

/** What the laboratory's telemetry is made of. */
export interface TelemetryOptions {
  readonly world: Observed;
  readonly nowMs: () => number;
  /** A folder of PrometheusRule manifests or plain rule files. */
  readonly rulesFolder: string;
  readonly receivers: readonly Receiver[];
  /** Windows and `for` of all rules are divided by this: a minute of a real cluster passes in 60 / speed seconds. Default 6. */
  readonly speed?: number;
  /** How much quiet past exists at the start, in ms. Default 30 minutes. */
  readonly pastMs?: number;
  /** After this a firing group is told again, in ms. Default 5 minutes. */
  readonly repeatMs?: number;
  /** Fixed ports; 0, the default, takes free ones. */
  readonly ports?: { readonly prometheus?: number; readonly loki?: number; readonly jaeger?: number };
  /** Told of a tick that failed; the next one is tried all the same. Default: a process warning. */
  readonly onTrouble?: (error: unknown) => void;
}

/** The running telemetry. */
export interface Telemetry {
  readonly prometheusUrl: string;
  readonly lokiUrl: string;
  /** Where Jaeger's query service answers. */
  readonly tracesUrl: string;
  /** Adds an alerting rule at run time; the returned function takes it away, which resolves its alerts. */
  addRule(rule: AddedRule): () => void;
  firing(): readonly ActiveAlert[];
  addReceiver(receiver: Receiver): () => void;
  /** Sends each receiver its system's test message. */
  sendTest(): Promise<void>;
  close(): Promise<void>;
}

const listen = (app: FastifyInstance, port: number | undefined): Promise<string> =>
  app.listen({ host: '127.0.0.1', port: port ?? 0 });

const warn = (error: unknown): void => {
  process.emitWarning(error instanceof Error ? error : String(error));
};

/** Scrapes, evaluates and notifies until stopped. */
const keepTicking = (options: TelemetryOptions, engine: Engine, receivers: Receivers): (() => void) => {
  const onTrouble = options.onTrouble ?? warn;
  const tick = (): void => {
    try {
      const nowMs = options.nowMs();
      receivers.tick(nowMs, engine.tick(nowMs)).catch(onTrouble);
    } catch (error) {
      onTrouble(error);
    }
  };
  tick();
  const timer = setInterval(tick, scrapeMs);
  return () => clearInterval(timer);
};

/**
 * Starts Prometheus, Loki, Jaeger and the alerting of the laboratory over a world, with its quiet past already recorded.
 * Throws before anything listens when a rule file is not valid.
 */
export const startTelemetry = async (options: TelemetryOptions): Promise<Telemetry> => {
  const groups = readRulesFolder(options.rulesFolder);
  const engine = createEngine({ world: options.world, groups, speed: options.speed ?? 6 });
  const startMs = options.nowMs();
  await engine.recall(startMs - (options.pastMs ?? 1_800_000), startMs);

  const { store, board, logs, traces } = engine;
  const prometheus = createPrometheusApi({ store, board, nowMs: options.nowMs });
  const loki = createLokiApi({ logs, nowMs: options.nowMs });
  const jaeger = createJaegerApi({ traces, nowMs: options.nowMs });
  const prometheusUrl = await listen(prometheus, options.ports?.prometheus);
  const lokiUrl = await listen(loki, options.ports?.loki);
  const tracesUrl = await listen(jaeger, options.ports?.jaeger);

  const receivers = createReceivers({
    repeatMs: options.repeatMs ?? 300_000,
    origins: { receiver: 'ai4all-sre', externalUrl: `${prometheusUrl}/alerts`, prometheusUrl },
  });
  for (const receiver of options.receivers) receivers.add(receiver);
  const stop = keepTicking(options, engine, receivers);

  return {
    prometheusUrl,
    lokiUrl,
    tracesUrl,
    addRule: (rule) => board.addRule(completeRule(rule)),
    firing: () => board.alerts().filter(({ state }) => state === 'firing'),
    addReceiver: receivers.add,
    sendTest: () => receivers.sendTest(options.nowMs()),
    close: async () => {
      stop();
      await Promise.all([prometheus.close(), loki.close(), jaeger.close()]);
    },
  };
};
