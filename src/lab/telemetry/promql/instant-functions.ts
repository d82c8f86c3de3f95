import { withoutName } from '../labels.ts';
import type { Element, Value } from './expression.ts';
import { histogramQuantile } from './histogram-quantile.ts';
import { labelReplace } from './label-replace.ts';
import { PromqlError } from './promql-error.ts';

type Kind = Value['kind'];

/** A function on values of one instant: what it takes (`optional` arguments last), what it yields, and how. */
export interface InstantFunction {
  readonly takes: readonly Kind[];
  readonly optional?: number;
  readonly yields: Kind;
  readonly apply: (args: Arguments, timeMs: number) => Value;
}

/** Arguments that the evaluator has already checked against `takes`. */
export interface Arguments {
  vector(index: number): readonly Element[];
  scalar(index: number, absent?: number): number;
  text(index: number): string;
}

const vector = (elements: readonly Element[]): Value => ({ kind: 'vector', elements });

const each = (change: (value: number, args: Arguments) => number, scalars = 0): InstantFunction => ({
  takes: ['vector', ...Array.from({ length: scalars }, () => 'scalar' as const)],
  yields: 'vector',
  apply: (args) =>
    vector(
      args.vector(0).map((element) => ({ labels: withoutName(element.labels), value: change(element.value, args) })),
    ),
});

const round = (value: number, nearest: number): number => Math.floor(value / nearest + 0.5) * nearest;

/** Functions on instant vectors and scalars, by name. `absent` and those on windows live with the evaluator. */
export const instantFunctions: Readonly<Record<string, InstantFunction>> = {
  abs: each(Math.abs),
  ceil: each(Math.ceil),
  floor: each(Math.floor),
  sqrt: each(Math.sqrt),
  ln: each(Math.log),
  exp: each(Math.exp),
  round: { ...each((value, args) => round(value, args.scalar(1, 1)), 1), optional: 1 },
  clamp: each((value, args) => Math.max(args.scalar(1), Math.min(args.scalar(2), value)), 2),
  clamp_min: each((value, args) => Math.max(args.scalar(1), value), 1),
  clamp_max: each((value, args) => Math.min(args.scalar(1), value), 1),
  time: { takes: [], yields: 'scalar', apply: (_args, timeMs) => ({ kind: 'scalar', value: timeMs / 1_000 }) },
  vector: { takes: ['scalar'], yields: 'vector', apply: (args) => vector([{ labels: {}, value: args.scalar(0) }]) },
  scalar: {
    takes: ['vector'],
    yields: 'scalar',
    apply: (args) => {
      const [only, ...more] = args.vector(0);
      return { kind: 'scalar', value: only === undefined || more.length > 0 ? Number.NaN : only.value };
    },
  },
  sort: {
    takes: ['vector'],
    yields: 'vector',
    apply: (args) => vector([...args.vector(0)].sort((left, right) => left.value - right.value)),
  },
  sort_desc: {
    takes: ['vector'],
    yields: 'vector',
    apply: (args) => vector([...args.vector(0)].sort((left, right) => right.value - left.value)),
  },
  histogram_quantile: {
    takes: ['scalar', 'vector'],
    yields: 'vector',
    apply: (args) => vector(histogramQuantile(args.scalar(0), args.vector(1))),
  },
  label_replace: {
    takes: ['vector', 'string', 'string', 'string', 'string'],
    yields: 'vector',
    apply: (args) =>
      vector(
        labelReplace(args.vector(0), {
          target: args.text(1),
          template: args.text(2),
          source: args.text(3),
          regex: args.text(4),
        }),
      ),
  },
};

/** Hands checked values to a function; a wrong kind here is a parse error in Prometheus' words. */
export const argumentsOf = (name: string, values: readonly Value[]): Arguments => {
  const wrong = (index: number, wanted: string): PromqlError =>
    new PromqlError('bad_data', `expected type ${wanted} in call to function "${name}", got ${values[index]?.kind}`);
  return {
    vector: (index) => {
      const value = values[index];
      if (value?.kind !== 'vector') throw wrong(index, 'instant vector');
      return value.elements;
    },
    scalar: (index, absent) => {
      const value = values[index];
      if (value === undefined && absent !== undefined) return absent;
      if (value?.kind !== 'scalar') throw wrong(index, 'scalar');
      return value.value;
    },
    text: (index) => {
      const value = values[index];
      if (value?.kind !== 'string') throw wrong(index, 'string');
      return value.value;
    },
  };
};
