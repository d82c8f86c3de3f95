import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { parseDurationMs } from '../duration.ts';
import type { Matcher } from '../labels.ts';
import type { Aggregate, Binary, Call, Expression, Matching, Selector } from './expression.ts';
import { PromqlError, unsupported } from './promql-error.ts';
import { unquote } from './unquote.ts';

interface Source {
  readonly text: string;
  of(node: SyntaxNode): string;
}

const childrenOf = (node: SyntaxNode): readonly SyntaxNode[] => {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
};

const parseError = (source: Source, position: number, what: string): PromqlError => {
  const before = source.text.slice(0, position).split('\n');
  return new PromqlError('bad_data', `${before.length}:${(before.at(-1)?.length ?? 0) + 1}: parse error: ${what}`);
};

const numberOf = (source: Source, node: SyntaxNode): number => {
  const text = source.of(node);
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  const durationMs = /^\d+(ms|[smhdwy])/.test(text) ? parseDurationMs(text) : null;
  return durationMs === null ? Number(text) : durationMs / 1_000;
};

const durationOf = (source: Source, node: SyntaxNode): number => {
  const text = source.of(node).replaceAll(' ', '');
  const sign = text.startsWith('-') ? -1 : 1;
  const durationMs = parseDurationMs(text.replace(/^-/, ''));
  if (durationMs === null) throw unsupported(`the duration expression "${text}"`);
  return sign * durationMs;
};

const labelsOf = (source: Source, node: SyntaxNode | null | undefined): readonly string[] =>
  node ? node.getChildren('LabelName').map((label) => source.of(label)) : [];

const matcherOf = (source: Source, node: SyntaxNode): Matcher => {
  const value = node.getChild('StringLiteral');
  const name = node.getChild('LabelName');
  const op = node.getChild('MatchOp');
  if (value === null || name === null || op === null) throw unsupported(`quoted names in selectors`);
  return { name: source.of(name), op: source.of(op) as Matcher['op'], value: unquote(source.of(value)) };
};

const selectorOf = (source: Source, node: SyntaxNode): Selector => {
  const name = node.getChild('Identifier');
  const list = node.getChild('LabelMatchers');
  const matchers = list === null ? [] : childrenOf(list).map((matcher) => matcherOf(source, matcher));
  const all: readonly Matcher[] =
    name === null ? matchers : [{ name: '__name__', op: '=', value: source.of(name) }, ...matchers];
  const selective = all.some(
    ({ op, value }) => (op === '=' && value !== '') || (op === '=~' && !/^\.\*$|^$/.test(value)),
  );
  if (!selective) throw parseError(source, node.from, 'vector selector must contain at least one non-empty matcher');
  return { kind: 'selector', matchers: all, offsetMs: 0 };
};

const rangeOf = (source: Source, node: SyntaxNode): Selector => {
  const [vector, range] = childrenOf(node);
  if (vector?.name !== 'VectorSelector' || range === undefined) {
    throw parseError(source, node.from, 'ranges only allowed for vector selectors');
  }
  return { ...selectorOf(source, vector), rangeMs: durationOf(source, range) };
};

const offsetOf = (source: Source, node: SyntaxNode): Expression => {
  const [inner, , duration] = childrenOf(node);
  if (inner === undefined || duration === undefined) throw parseError(source, node.from, 'unexpected offset');
  const expression = expressionOf(source, inner);
  if (expression.kind !== 'selector') {
    throw parseError(source, node.from, 'offset modifier must be preceded by a selector');
  }
  return { ...expression, offsetMs: durationOf(source, duration) };
};

const argsOf = (source: Source, node: SyntaxNode): readonly Expression[] => {
  const body = node.getChild('FunctionCallBody');
  return body === null ? [] : childrenOf(body).map((child) => expressionOf(source, child));
};

const callOf = (source: Source, node: SyntaxNode): Call => {
  const name = node.getChild('FunctionIdentifier');
  return { kind: 'call', name: name === null ? '' : source.of(name), args: argsOf(source, node) };
};

const aggregateOf = (source: Source, node: SyntaxNode): Aggregate => {
  const op = node.getChild('AggregateOp');
  const modifier = node.getChild('AggregateModifier');
  const args = argsOf(source, node);
  const operand = args.at(-1);
  if (op === null || operand === undefined || args.length > 2) {
    throw parseError(source, node.from, 'wrong number of arguments for aggregate expression');
  }
  const [parameter] = args.length === 2 ? args : [];
  return {
    kind: 'aggregate',
    op: source.of(op).toLowerCase(),
    clause: modifier?.getChild('Without') ? 'without' : 'by',
    labels: labelsOf(source, modifier?.getChild('GroupingLabels')),
    ...(parameter === undefined ? {} : { parameter }),
    operand,
  };
};

const matchingOf = (source: Source, clause: SyntaxNode | null): Matching => {
  if (clause === null) return { on: false, labels: [], many: 'none', include: [] };
  const [labels, include] = clause.getChildren('GroupingLabels');
  const sided = clause.getChild('GroupLeft') ? 'left' : clause.getChild('GroupRight') ? 'right' : 'none';
  return {
    on: clause.getChild('On') !== null,
    labels: labelsOf(source, labels),
    many: sided,
    include: labelsOf(source, include),
  };
};

const binaryOps = new Set(['+', '-', '*', '/', '%', '^', '==', '!=', '>', '<', '>=', '<=', 'and', 'or', 'unless']);

const binaryOf = (source: Source, node: SyntaxNode): Expression => {
  const children = childrenOf(node);
  const left = children[0];
  const operator = children[1];
  const right = children.at(-1);
  if (left === undefined || operator === undefined || right === undefined) {
    throw parseError(source, node.from, 'unexpected end of input');
  }
  const op = source.of(operator).toLowerCase();
  if (!binaryOps.has(op)) throw unsupported(`the operator ${op}`);
  if (node.getChild('FillModifier') !== null) throw unsupported('the fill modifier');
  const sides = { left: expressionOf(source, left), right: expressionOf(source, right) };
  const binary: Binary = {
    kind: 'binary',
    op: op as Binary['op'],
    bool: node.getChild('BoolModifier') !== null,
    matching: matchingOf(source, node.getChild('MatchingModifierClause')),
    ...sides,
  };
  // Prometheus reads -2 ^ 2 as -(2 ^ 2); the grammar takes the sign into the number.
  if (op !== '^' || sides.left.kind !== 'number' || !source.of(left).startsWith('-')) return binary;
  return { kind: 'negate', operand: { ...binary, left: { kind: 'number', value: -sides.left.value } } };
};

const unaryOf = (source: Source, node: SyntaxNode): Expression => {
  const [op, inner] = childrenOf(node);
  if (op === undefined || inner === undefined) throw parseError(source, node.from, 'unexpected end of input');
  const operand = expressionOf(source, inner);
  return source.of(op) === '-' ? { kind: 'negate', operand } : operand;
};

const parenOf = (source: Source, node: SyntaxNode): Expression => {
  const inner = node.firstChild;
  if (inner === null) throw parseError(source, node.from, 'unexpected ")"');
  return expressionOf(source, inner);
};

const readers: Readonly<Record<string, (source: Source, node: SyntaxNode) => Expression>> = {
  NumberDurationLiteral: (source, node) => ({ kind: 'number', value: numberOf(source, node) }),
  StringLiteral: (source, node) => ({ kind: 'string', value: unquote(source.of(node)) }),
  VectorSelector: selectorOf,
  MatrixSelector: rangeOf,
  OffsetExpr: offsetOf,
  FunctionCall: callOf,
  AggregateExpr: aggregateOf,
  BinaryExpr: binaryOf,
  UnaryExpr: unaryOf,
  ParenExpr: parenOf,
  SubqueryExpr: () => {
    throw unsupported('subqueries');
  },
  StepInvariantExpr: () => {
    throw unsupported('the @ modifier');
  },
};

const expressionOf = (source: Source, node: SyntaxNode): Expression => {
  const reader = readers[node.name];
  if (reader === undefined) throw unsupported(`${node.name} ("${source.of(node)}")`);
  return reader(source, node);
};

/** Reads a query. Throws PromqlError: `bad_data` with line and column, or `execution` for what is valid but not supported. */
export const parsePromql = (query: string): Expression => {
  const source: Source = { text: query, of: (node) => query.slice(node.from, node.to) };
  const tree = parser.parse(query);
  tree.iterate({
    enter: (node) => {
      if (!node.type.isError) return;
      const found = query.slice(node.from).match(/^\s*(\S+)/)?.[1];
      throw parseError(source, node.from, found === undefined ? 'unexpected end of input' : `unexpected "${found}"`);
    },
  });
  const top = tree.topNode.firstChild;
  if (top === null) throw parseError(source, 0, 'no expression found in input');
  return expressionOf(source, top);
};
