import { type Labels, type Matcher, withoutName } from '../labels.ts';
import type { Series, TimeSeries } from '../time-series.ts';
import { applyAggregate, type GroupMemo } from './aggregate.ts';
import { applyBinary } from './binary.ts';
import { kindOf } from './check-types.ts';
import type { Aggregate, Call, Element, Expression, Selector, Value } from './expression.ts';
import { argumentsOf, instantFunctions } from './instant-functions.ts';
import { PromqlError } from './promql-error.ts';
import { rangeFunctions } from './range-functions.ts';
import { type Vectors, vectorsOf } from './shared-vectors.ts';

/** Prometheus looks this far back for the newest sample of a series. */
const lookbackMs = 300_000;

/** One query, ready to be asked at many instants. */
export interface Query {
  readonly yields: Value['kind'];
  at(timeMs: number): Value;
}

interface Scope {
  readonly store: TimeSeries;
  /** What one query remembers between its steps, by the node of the expression. */
  readonly found: Map<Selector, { readonly generation: number; readonly series: readonly Series[] }>;
  readonly groups: Map<Expression, GroupMemo>;
  readonly vectors: Map<Expression, Vectors>;
}

const seriesOf = (scope: Scope, selector: Selector): readonly Series[] => {
  const generation = scope.store.generation();
  const known = scope.found.get(selector);
  if (known?.generation === generation) return known.series;
  const series = scope.store.select(selector.matchers);
  scope.found.set(selector, { generation, series });
  return series;
};

const evaluateSelector = (scope: Scope, selector: Selector, timeMs: number): Value => {
  const atMs = timeMs - selector.offsetMs;
  const { rangeMs } = selector;
  if (rangeMs === undefined) {
    const elements = seriesOf(scope, selector).flatMap((series): readonly Element[] => {
      const value = scope.store.valueAt(series, atMs, lookbackMs);
      return value === undefined ? [] : [{ labels: series.labels, value }];
    });
    return { kind: 'vector', elements };
  }
  const elements = seriesOf(scope, selector).flatMap((series) => {
    const samples = scope.store.samplesIn(series, atMs - rangeMs, atMs);
    return samples.values.length === 0 ? [] : [{ labels: series.labels, ...samples }];
  });
  return { kind: 'matrix', elements, rangeMs };
};

const overWindow = (scope: Scope, call: Call, timeMs: number): Value => {
  const [argument] = call.args;
  const compute = rangeFunctions[call.name];
  if (argument?.kind !== 'selector' || compute === undefined) {
    throw new PromqlError('bad_data', `expected type range vector in call to function "${call.name}"`);
  }
  const window = evaluateSelector(scope, argument, timeMs);
  const toMs = timeMs - argument.offsetMs;
  const fromMs = toMs - (argument.rangeMs ?? 0);
  const keepsName = call.name === 'last_over_time';
  const elements = (window.kind === 'matrix' ? window.elements : []).flatMap((element): readonly Element[] => {
    const value = compute({ element, fromMs, toMs });
    if (value === undefined) return [];
    return [{ labels: keepsName ? element.labels : withoutName(element.labels), value }];
  });
  return { kind: 'vector', elements };
};

/** The labels that an absent selector certainly would have had. */
const certainLabels = (matchers: readonly Matcher[]): Labels =>
  Object.fromEntries(
    matchers
      .filter(({ name, op }) => op === '=' && name !== '__name__')
      .filter(({ name }) => matchers.filter((other) => other.name === name).length === 1)
      .map(({ name, value }) => [name, value]),
  );

const absent = (scope: Scope, argument: Expression, timeMs: number): Value => {
  const value = evaluateExpression(scope, argument, timeMs);
  if (value.kind === 'vector' && value.elements.length > 0) return { kind: 'vector', elements: [] };
  const labels = argument.kind === 'selector' ? certainLabels(argument.matchers) : {};
  return { kind: 'vector', elements: [{ labels, value: 1 }] };
};

const evaluateCall = (scope: Scope, call: Call, timeMs: number): Value => {
  const ordinary = instantFunctions[call.name];
  if (ordinary !== undefined) {
    const values = call.args.map((argument) => evaluateExpression(scope, argument, timeMs));
    return ordinary.apply(argumentsOf(call.name, values), timeMs);
  }
  const [argument] = call.args;
  if (call.name === 'absent' && argument !== undefined) return absent(scope, argument, timeMs);
  return overWindow(scope, call, timeMs);
};

const negate = (value: Value): Value => {
  if (value.kind === 'scalar') return { kind: 'scalar', value: -value.value };
  if (value.kind !== 'vector') throw new PromqlError('bad_data', 'unary expression on a range vector or string');
  return {
    kind: 'vector',
    elements: value.elements.map((element) => ({ labels: withoutName(element.labels), value: -element.value })),
  };
};

const foldGroups = (scope: Scope, aggregate: Aggregate, timeMs: number): readonly Element[] => {
  const operand = evaluateExpression(scope, aggregate.operand, timeMs);
  const limit = aggregate.parameter && evaluateExpression(scope, aggregate.parameter, timeMs);
  const memo: GroupMemo = scope.groups.get(aggregate) ?? new WeakMap();
  scope.groups.set(aggregate, memo);
  const elements = operand.kind === 'vector' ? operand.elements : [];
  const parameter = limit?.kind === 'scalar' ? limit.value : 0;
  return applyAggregate(aggregate, elements, { parameter, memo });
};

const evaluateAggregate = (scope: Scope, aggregate: Aggregate, timeMs: number): Value => {
  // What the next scrape may still change is computed anew each time.
  if (timeMs >= scope.store.newestMs()) return { kind: 'vector', elements: foldGroups(scope, aggregate, timeMs) };
  const vectors = scope.vectors.get(aggregate) ?? vectorsOf(scope.store, aggregate);
  scope.vectors.set(aggregate, vectors);
  const elements = vectors.get(timeMs) ?? foldGroups(scope, aggregate, timeMs);
  vectors.set(timeMs, elements);
  return { kind: 'vector', elements };
};

const evaluateExpression = (scope: Scope, expression: Expression, timeMs: number): Value => {
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', value: expression.value };
    case 'string':
      return { kind: 'string', value: expression.value };
    case 'selector':
      return evaluateSelector(scope, expression, timeMs);
    case 'call':
      return evaluateCall(scope, expression, timeMs);
    case 'negate':
      return negate(evaluateExpression(scope, expression.operand, timeMs));
    case 'aggregate':
      return evaluateAggregate(scope, expression, timeMs);
    case 'binary':
      return applyBinary(
        expression,
        evaluateExpression(scope, expression.left, timeMs),
        evaluateExpression(scope, expression.right, timeMs),
      );
  }
};

/** Prepares an expression against a store. Throws PromqlError at once for what does not fit together; `at` throws it for what only the data shows. */
export const prepareQuery = (store: TimeSeries, expression: Expression): Query => {
  const scope: Scope = { store, found: new Map(), groups: new Map(), vectors: new Map() };
  return { yields: kindOf(expression), at: (timeMs) => evaluateExpression(scope, expression, timeMs) };
};
