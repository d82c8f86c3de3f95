import { keyOfLabels, type Labels, withoutName } from '../labels.ts';
import { prepareQuery } from '../promql/evaluate.ts';
import type { Element } from '../promql/expression.ts';
import { parsePromql } from '../promql/parse-promql.ts';
import type { TimeSeries } from '../time-series.ts';
import type { ActiveAlert, AlertRule } from './alert-rule.ts';
import { fillTemplate } from './fill-template.ts';

/** One rule under watch. */
export interface RuleWatch {
  readonly rule: AlertRule;
  /** Evaluates at an instant (never backwards) and returns the alerts that ended now. */
  evaluate(timeMs: number): readonly ActiveAlert[];
  /** Pending and firing alerts. */
  active(): readonly ActiveAlert[];
  lastError(): string | undefined;
  lastEvaluationMs(): number;
}

const alertLabels = (rule: AlertRule, element: Element): Labels => {
  const base = withoutName(element.labels);
  const own = Object.entries(rule.labels).map(([name, text]) => [name, fillTemplate(text, base, element.value)]);
  return { ...base, ...Object.fromEntries(own), alertname: rule.alert };
};

const annotate = (rule: AlertRule, labels: Labels, value: number): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(rule.annotations).map(([name, text]) => [name, fillTemplate(text, labels, value)]));

const next = (rule: AlertRule, element: Element, seen: { readonly timeMs: number; readonly before?: ActiveAlert }) => {
  const { timeMs, before } = seen;
  const activeAtMs = before?.activeAtMs ?? timeMs;
  const fires = before?.state === 'firing' || timeMs - activeAtMs >= rule.forMs;
  const labels = alertLabels(rule, element);
  return {
    labels,
    annotations: annotate(rule, labels, element.value),
    state: fires ? 'firing' : 'pending',
    activeAtMs,
    ...(fires ? { firedAtMs: before?.firedAtMs ?? timeMs } : {}),
    value: element.value,
    expr: rule.expr,
  } satisfies ActiveAlert;
};

/** Watches one rule: pending while its condition holds for less than `for`, then firing, then resolved. A condition that cannot be evaluated changes nothing and is told by `lastError`. Throws PromqlError at once for an expression that cannot be read. */
export const watchRule = (rule: AlertRule, store: TimeSeries): RuleWatch => {
  const query = prepareQuery(store, parsePromql(rule.expr));
  const alerts = new Map<string, ActiveAlert>();
  const heldAtMs = new Map<string, number>();
  let error: string | undefined;
  let evaluatedAtMs = 0;

  const elementsAt = (timeMs: number): readonly Element[] => {
    const value = query.at(timeMs);
    if (value.kind === 'vector') return value.elements;
    return value.kind === 'scalar' ? [{ labels: {}, value: value.value }] : [];
  };

  const endOthers = (held: ReadonlySet<string>, timeMs: number): readonly ActiveAlert[] => {
    const ended = [...alerts].filter(([key, alert]) => {
      if (held.has(key)) return false;
      return alert.state === 'pending' || timeMs - (heldAtMs.get(key) ?? 0) >= rule.keepFiringForMs;
    });
    for (const [key] of ended) {
      alerts.delete(key);
      heldAtMs.delete(key);
    }
    return ended
      .filter(([, alert]) => alert.state === 'firing')
      .map(([, alert]) => ({ ...alert, state: 'resolved', resolvedAtMs: timeMs }));
  };

  const evaluate = (timeMs: number): readonly ActiveAlert[] => {
    evaluatedAtMs = timeMs;
    let elements: readonly Element[];
    try {
      elements = elementsAt(timeMs);
      error = undefined;
    } catch (trouble) {
      error = trouble instanceof Error ? trouble.message : String(trouble);
      return [];
    }
    const held = new Set<string>();
    for (const element of elements) {
      const key = keyOfLabels(alertLabels(rule, element));
      const before = alerts.get(key);
      alerts.set(key, next(rule, element, { timeMs, ...(before === undefined ? {} : { before }) }));
      heldAtMs.set(key, timeMs);
      held.add(key);
    }
    return endOthers(held, timeMs);
  };

  return {
    rule,
    evaluate,
    active: () => [...alerts.values()],
    lastError: () => error,
    lastEvaluationMs: () => evaluatedAtMs,
  };
};
