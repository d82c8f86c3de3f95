import { byText, keyOfLabels, type Labels } from './labels.ts';
import type { Query } from './promql/evaluate.ts';
import type { Value } from './promql/expression.ts';

/** A sample as Prometheus writes it: Unix seconds and the number as text. */
export type WirePoint = readonly [number, string];

/** A number as Prometheus writes it. */
export const formatValue = (value: number): string => {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
};

const pointAt = (timeMs: number, value: number): WirePoint => [timeMs / 1_000, formatValue(value)];

/** The `data` of an instant query's answer. */
export const wireValue = (value: Value, timeMs: number): object => {
  switch (value.kind) {
    case 'scalar':
      return { resultType: 'scalar', result: pointAt(timeMs, value.value) };
    case 'string':
      return { resultType: 'string', result: [timeMs / 1_000, value.value] };
    case 'vector':
      return {
        resultType: 'vector',
        result: value.elements.map((element) => ({
          metric: element.labels,
          value: pointAt(timeMs, element.value),
        })),
      };
    case 'matrix':
      return {
        resultType: 'matrix',
        result: value.elements.map(({ labels, timesMs, values }) => ({
          metric: labels,
          values: timesMs.map((at, index) => pointAt(at, values[index] ?? Number.NaN)),
        })),
      };
  }
};

interface Row {
  readonly metric: Labels;
  readonly values: WirePoint[];
}

/** The `data` of a range query's answer: one series for each label set that any step yielded, ordered by its labels. */
export const wireRange = (
  query: Query,
  { startMs, endMs, stepMs }: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
): object => {
  const rows = new Map<string, Row>();
  for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
    const value = query.at(timeMs);
    const elements = value.kind === 'vector' ? value.elements : [];
    const scalar = value.kind === 'scalar' ? [{ labels: {}, value: value.value }] : [];
    for (const element of [...elements, ...scalar]) {
      const key = keyOfLabels(element.labels);
      const row: Row = rows.get(key) ?? { metric: element.labels, values: [] };
      row.values.push(pointAt(timeMs, element.value));
      rows.set(key, row);
    }
  }
  const result = [...rows].sort(([left], [right]) => byText(left, right)).map(([, row]) => row);
  return { resultType: 'matrix', result };
};
