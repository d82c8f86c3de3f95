import type { TimeSeries } from '../time-series.ts';
import type { ActiveAlert, AlertRule, RuleGroup } from './alert-rule.ts';
import { quicken } from './quicken.ts';
import { type RuleWatch, watchRule } from './rule-watch.ts';

/** All rules of the laboratory and what they say now. */
export interface AlertBoard {
  /** Evaluates every rule; returns the firing alerts and those that ended now. */
  evaluate(timeMs: number): readonly ActiveAlert[];
  /** Pending and firing alerts. */
  alerts(): readonly ActiveAlert[];
  /** The groups as `/api/v1/rules` shows them. */
  groups(): readonly object[];
  /** Adds a rule while running; the returned function takes it away again, and its alerts end at the next evaluation. */
  addRule(rule: AlertRule): () => void;
}

const wireRule = (watch: RuleWatch): object => {
  const alerts = watch.active();
  const error = watch.lastError();
  const state = alerts.some((alert) => alert.state === 'firing')
    ? 'firing'
    : alerts.length > 0
      ? 'pending'
      : 'inactive';
  return {
    state,
    name: watch.rule.alert,
    query: watch.rule.expr,
    duration: watch.rule.forMs / 1_000,
    keepFiringFor: watch.rule.keepFiringForMs / 1_000,
    labels: watch.rule.labels,
    annotations: watch.rule.annotations,
    alerts: alerts.map(({ labels, annotations, state: now, activeAtMs, value }) => ({
      labels,
      annotations,
      state: now,
      activeAt: new Date(activeAtMs).toISOString(),
      value: String(value),
    })),
    health: error === undefined ? 'ok' : 'err',
    ...(error === undefined ? {} : { lastError: error }),
    evaluationTime: 0,
    lastEvaluation: new Date(watch.lastEvaluationMs()).toISOString(),
    type: 'alerting',
  };
};

/** A board of the given groups, each rule quickened by `speed`. Throws PromqlError for a rule that cannot be read. */
export const createAlertBoard = (options: {
  readonly store: TimeSeries;
  readonly groups: readonly RuleGroup[];
  readonly speed: number;
}): AlertBoard => {
  const begin = (rule: AlertRule): RuleWatch => watchRule(quicken(rule, options.speed), options.store);
  const fixed = options.groups.map(({ name, file, rules }) => ({ name, file, watches: rules.map(begin) }));
  const added = new Set<RuleWatch>();
  let orphans: readonly ActiveAlert[] = [];

  const watches = (): readonly RuleWatch[] => [...fixed.flatMap((group) => group.watches), ...added];

  const evaluate = (timeMs: number): readonly ActiveAlert[] => {
    const ended = watches().flatMap((watch) => watch.evaluate(timeMs));
    const firing = watches().flatMap((watch) => watch.active().filter(({ state }) => state === 'firing'));
    const left = orphans.map((alert): ActiveAlert => ({ ...alert, state: 'resolved', resolvedAtMs: timeMs }));
    orphans = [];
    return [...firing, ...ended, ...left];
  };

  const addRule = (rule: AlertRule): (() => void) => {
    const watch = begin(rule);
    added.add(watch);
    return () => {
      if (!added.delete(watch)) return;
      orphans = [...orphans, ...watch.active().filter(({ state }) => state === 'firing')];
    };
  };

  const groups = (): readonly object[] =>
    [...fixed, { name: 'added', file: 'runtime', watches: [...added] }]
      .filter((group) => group.watches.length > 0)
      .map((group) => ({
        name: group.name,
        file: group.file,
        interval: 2,
        limit: 0,
        rules: group.watches.map(wireRule),
      }));

  return { evaluate, alerts: () => watches().flatMap((watch) => watch.active()), groups, addRule };
};
