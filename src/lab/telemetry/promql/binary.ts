import { keyOfLabels, type Labels, pickLabels, withoutName } from '../labels.ts';
import type { ArithmeticOp, Binary, ComparisonOp, Element, Matching, SetOp, Value } from './expression.ts';
import { PromqlError } from './promql-error.ts';

const arithmetic: Readonly<Record<ArithmeticOp, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': (left, right) => left ** right,
};

const comparison: Readonly<Record<ComparisonOp, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
};

const isSetOp = (op: Binary['op']): op is SetOp => op === 'and' || op === 'or' || op === 'unless';
const isComparison = (op: Binary['op']): op is ComparisonOp => op in comparison;

/** The number that an operation yields, or undefined where a comparison filters the element out. `kept` is what a filter lets through. */
const operate = (binary: Binary, sides: readonly [number, number], kept: number): number | undefined => {
  const op = binary.op;
  if (isSetOp(op)) return undefined;
  if (!isComparison(op)) return arithmetic[op](...sides);
  const holds = comparison[op](...sides);
  if (binary.bool) return holds ? 1 : 0;
  return holds ? kept : undefined;
};

/** Filters keep the metric's name, everything that computes a new value drops it. */
const keepsName = (binary: Binary): boolean => isComparison(binary.op) && !binary.bool;

const withScalar = (
  binary: Binary,
  elements: readonly Element[],
  sides: (value: number) => readonly [number, number],
) =>
  elements.flatMap(({ labels, value }) => {
    const result = operate(binary, sides(value), value);
    return result === undefined ? [] : [{ labels: keepsName(binary) ? labels : withoutName(labels), value: result }];
  });

const sharedLabels = (matching: Matching, labels: Labels): Labels => {
  const named = new Set(matching.labels);
  return matching.on
    ? pickLabels(labels, (name) => named.has(name))
    : pickLabels(labels, (name) => !named.has(name) && name !== '__name__');
};

const applySet = (op: SetOp, matching: Matching, left: readonly Element[], right: readonly Element[]) => {
  const keyOf = ({ labels }: Element): string => keyOfLabels(sharedLabels(matching, labels));
  if (op === 'or') {
    const known = new Set(left.map(keyOf));
    return [...left, ...right.filter((element) => !known.has(keyOf(element)))];
  }
  const others = new Set(right.map(keyOf));
  return left.filter((element) => others.has(keyOf(element)) === (op === 'and'));
};

const uniqueByMatch = (matching: Matching, elements: readonly Element[], side: string): Map<string, Element> => {
  const byKey = new Map<string, Element>();
  for (const element of elements) {
    const key = keyOfLabels(sharedLabels(matching, element.labels));
    if (byKey.has(key)) {
      throw new PromqlError(
        'execution',
        `found duplicate series for the match group ${key} on the ${side} hand-side of the operation;` +
          'many-to-many matching not allowed: matching labels must be unique on one side',
      );
    }
    byKey.set(key, element);
  }
  return byKey;
};

const resultLabels = (binary: Binary, many: Labels, one: Labels): Labels => {
  const { matching } = binary;
  const base = keepsName(binary) ? many : withoutName(many);
  if (matching.many === 'none') {
    const named = new Set(matching.labels);
    if (matching.on) return pickLabels(base, (name) => named.has(name));
    return pickLabels(base, (name) => !named.has(name));
  }
  const copied = Object.fromEntries(matching.include.map((name) => [name, one[name] ?? '']));
  return pickLabels({ ...base, ...copied }, () => true);
};

const severalMatches = (matching: Matching): PromqlError =>
  new PromqlError(
    'execution',
    matching.many === 'none'
      ? 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'
      : 'multiple matches for labels: grouping labels must ensure unique matches',
  );

const joinVectors = (binary: Binary, left: readonly Element[], right: readonly Element[]): readonly Element[] => {
  const { matching } = binary;
  const manyIsRight = matching.many === 'right';
  const [many, one] = manyIsRight ? [right, left] : [left, right];
  const partners = uniqueByMatch(matching, one, manyIsRight ? 'left' : 'right');
  const seen = new Set<string>();
  return many.flatMap((element) => {
    const matchKey = keyOfLabels(sharedLabels(matching, element.labels));
    const partner = partners.get(matchKey);
    if (partner === undefined) return [];
    const [first, second] = manyIsRight ? [partner, element] : [element, partner];
    const value = operate(binary, [first.value, second.value], first.value);
    if (value === undefined) return [];
    const labels = resultLabels(binary, element.labels, partner.labels);
    const key = matching.many === 'none' ? matchKey : keyOfLabels(labels);
    if (seen.has(key)) throw severalMatches(matching);
    seen.add(key);
    return [{ labels, value }];
  });
};

/** The value of a binary operation on two evaluated operands. Throws PromqlError where vectors do not match one to one (or one to many as declared). */
export const applyBinary = (binary: Binary, left: Value, right: Value): Value => {
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    return { kind: 'scalar', value: operate(binary, [left.value, right.value], left.value) ?? Number.NaN };
  }
  if (left.kind === 'vector' && right.kind === 'scalar') {
    return { kind: 'vector', elements: withScalar(binary, left.elements, (value) => [value, right.value]) };
  }
  if (left.kind === 'scalar' && right.kind === 'vector') {
    return { kind: 'vector', elements: withScalar(binary, right.elements, (value) => [left.value, value]) };
  }
  if (left.kind !== 'vector' || right.kind !== 'vector') {
    throw new PromqlError('bad_data', 'binary expression must contain only scalar and instant vector types');
  }
  const elements = isSetOp(binary.op)
    ? applySet(binary.op, binary.matching, left.elements, right.elements)
    : joinVectors(binary, left.elements, right.elements);
  return { kind: 'vector', elements };
};
