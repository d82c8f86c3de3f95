import { setImmediate } from 'node:timers/promises';
import { type AlertBoard, createAlertBoard } from './alerting/alert-board.ts';
import type { ActiveAlert, RuleGroup } from './alerting/alert-rule.ts';
import { createLogStore, type LogStore, type ShippedLine } from './log-store.ts';
import { createTimeSeries, type ScrapedSample, type TimeSeries } from './time-series.ts';
import { createTraceStore, type ShippedSpan, type TraceStore } from './trace-store.ts';

/** What is observed: a world that moves to an instant and shows its exporters and its new log lines. */
export interface Observed {
  step(nowMs: number): {
    readonly samples: readonly ScrapedSample[];
    readonly logs: readonly ShippedLine[];
    readonly spans?: readonly ShippedSpan[];
  };
}

/** The laboratory's telemetry without its servers and its clock: whoever holds it says when time passes. */
export interface Engine {
  readonly store: TimeSeries;
  readonly logs: LogStore;
  readonly traces: TraceStore;
  readonly board: AlertBoard;
  /** Scrapes without evaluating rules, from `fromMs` up to but not including `toMs`. */
  recall(fromMs: number, toMs: number): Promise<void>;
  /** Scrapes, evaluates the rules, and returns the firing alerts and those that ended now. */
  tick(nowMs: number): readonly ActiveAlert[];
}

/** Between two scrapes. */
export const scrapeMs = 2_000;

const retentionMs = 7_200_000;
const streamLinesMax = 50_000;
/** Half an hour at one a second, and some more. */
const tracesMax = 2_400;
/** Scrapes of the past between two breaths for the event loop. */
const scrapesPerTurn = 20;

/** An engine over a world; its past is empty until `recall`. */
export const createEngine = (options: {
  readonly world: Observed;
  readonly groups: readonly RuleGroup[];
  readonly speed: number;
}): Engine => {
  const store = createTimeSeries({ retentionMs, intervalMs: scrapeMs });
  const logs = createLogStore({ retentionMs, linesMax: streamLinesMax });
  const traces = createTraceStore({ retentionMs, tracesMax });
  const board = createAlertBoard({ store, groups: options.groups, speed: options.speed });

  const scrape = (nowMs: number): void => {
    const seen = options.world.step(nowMs);
    store.append(nowMs, seen.samples);
    logs.append(seen.logs);
    traces.append(seen.spans ?? []);
  };

  const recall = async (fromMs: number, toMs: number): Promise<void> => {
    let scrapes = 0;
    for (let atMs = fromMs; atMs < toMs; atMs += scrapeMs) {
      scrape(atMs);
      scrapes += 1;
      if (scrapes % scrapesPerTurn === 0) await setImmediate();
    }
  };

  const tick = (nowMs: number): readonly ActiveAlert[] => {
    scrape(nowMs);
    logs.expire(nowMs);
    traces.expire(nowMs);
    return board.evaluate(nowMs);
  };

  return { store, logs, traces, board, recall, tick };
};
