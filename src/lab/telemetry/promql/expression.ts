import type { Labels, Matcher } from '../labels.ts';

/** How two vectors find each other in a binary operation. */
export interface Matching {
  /** `on(labels)` or `ignoring(labels)`. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Which side may have many elements: set by group_left and group_right, with the labels they copy. */
  readonly many: 'none' | 'left' | 'right';
  readonly include: readonly string[];
}

/** Binary operators by family. */
export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^';
/** Comparisons filter vectors, or yield 0 and 1 with `bool`. */
export type ComparisonOp = '==' | '!=' | '>' | '<' | '>=' | '<=';
/** Set operators work on label sets alone. */
export type SetOp = 'and' | 'or' | 'unless';

/** Picks series. With `rangeMs` it yields samples of a window, else the newest value. */
export interface Selector {
  readonly kind: 'selector';
  readonly matchers: readonly Matcher[];
  readonly offsetMs: number;
  readonly rangeMs?: number;
}

/** A function's call. */
export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
}

/** `sum by (a) (x)` and its kin. Without a clause all elements fall into one group. */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly op: string;
  readonly clause: 'by' | 'without';
  readonly labels: readonly string[];
  readonly parameter?: Expression;
  readonly operand: Expression;
}

/** An operation on two operands. */
export interface Binary {
  readonly kind: 'binary';
  readonly op: ArithmeticOp | ComparisonOp | SetOp;
  readonly bool: boolean;
  readonly matching: Matching;
  readonly left: Expression;
  readonly right: Expression;
}

/** Parsed PromQL, as far as this evaluator goes. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | Selector
  | Call
  | Aggregate
  | Binary;

/** One element of an instant vector. */
export interface Element {
  readonly labels: Labels;
  readonly value: number;
}

/** One element of a range vector. */
export interface RangeElement {
  readonly labels: Labels;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

/** What an expression yields at one instant. */
export type Value =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'vector'; readonly elements: readonly Element[] }
  | { readonly kind: 'matrix'; readonly elements: readonly RangeElement[]; readonly rangeMs: number };
