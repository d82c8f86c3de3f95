import { parser } from '@grafana/lezer-logql';
import type { SyntaxNode } from '@lezer/common';
import { parseDurationMs } from '../duration.ts';
import type { Matcher } from '../labels.ts';
import { unquote } from '../promql/unquote.ts';
import { type LineFilter, type LogCount, type LogQuery, LogqlError, type LogSelection } from './log-query.ts';

type TextOf = (node: SyntaxNode | null) => string;

const childrenOf = (node: SyntaxNode | null): readonly SyntaxNode[] => {
  const children: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) children.push(child);
  return children;
};

const unsupported = (what: string): LogqlError => new LogqlError(`this laboratory's Loki does not support ${what}`);

/** All descendants of a name, in order: the grammar nests lists to the left. */
const everyDescendant = (node: SyntaxNode | null, name: string): readonly SyntaxNode[] =>
  childrenOf(node).flatMap((child) => (child.name === name ? [child] : everyDescendant(child, name)));

const matcherOf = (text: TextOf, node: SyntaxNode): Matcher => {
  const [name, op, value] = childrenOf(node);
  return {
    name: text(name ?? null),
    op: text(op ?? null) as Matcher['op'],
    value: unquote(text(value ?? null)),
  };
};

const canBeEmpty = ({ op, value }: Matcher): boolean =>
  op === '!=' || op === '!~' || (op === '=' && value === '') || (op === '=~' && new RegExp(`^(?:${value})$`).test(''));

const matchersOf = (text: TextOf, selector: SyntaxNode | null): readonly Matcher[] => {
  const matchers = everyDescendant(selector, 'Matcher').map((node) => matcherOf(text, node));
  if (matchers.every(canBeEmpty)) {
    throw new LogqlError(
      'queries require at least one regexp or equality matcher that does not have an empty-compatible value. ' +
        'For instance, app=~".*" does not meet this requirement, but app=~".+" will',
    );
  }
  return matchers;
};

const filterOf = (text: TextOf, node: SyntaxNode): LineFilter => {
  if (node.getChild('OrFilter') !== null) throw unsupported('"or" between line filters');
  const op = text(node.getChild('Filter'));
  if (op !== '|=' && op !== '!=' && op !== '|~' && op !== '!~') throw unsupported(`the line filter ${op}`);
  return { op, text: unquote(text(node.getChild('String'))) };
};

const filtersOf = (text: TextOf, pipeline: SyntaxNode | null): readonly LineFilter[] => {
  for (const stage of everyDescendant(pipeline, 'PipelineStage')) {
    if (stage.getChild('LineFilters') === null) throw unsupported(`the pipeline stage "${text(stage)}"`);
  }
  return everyDescendant(pipeline, 'LineFilter').map((node) => filterOf(text, node));
};

const selectionOf = (text: TextOf, node: SyntaxNode): LogSelection => ({
  kind: 'lines',
  matchers: matchersOf(text, node.getChild('Selector')),
  filters: filtersOf(text, node.getChild('PipelineExpr')),
});

const countOf = (text: TextOf, node: SyntaxNode): LogCount => {
  const op = text(node.getChild('RangeOp'));
  const window = node.getChild('LogRangeExpr');
  if (op !== 'count_over_time' && op !== 'rate') throw unsupported(`the range aggregation ${op}`);
  if (window === null || node.getChild('Grouping') !== null) throw unsupported(`"${text(node)}"`);
  if (window.getChild('OffsetExpr') !== null) throw unsupported('offset');
  const rangeMs = parseDurationMs(text(window.getChild('Range')).slice(1, -1));
  if (rangeMs === null || rangeMs <= 0) throw new LogqlError(`not a range: ${text(window.getChild('Range'))}`);
  return { kind: 'count', of: selectionOf(text, window), rangeMs, perSecond: op === 'rate' };
};

const sumOf = (text: TextOf, node: SyntaxNode): LogCount => {
  const op = text(node.getChild('VectorOp'));
  if (op !== 'sum') throw unsupported(`the aggregation ${op}`);
  const inner = node.getChild('MetricExpr')?.getChild('RangeAggregationExpr');
  if (!inner) throw unsupported(`"${text(node)}"`);
  const grouping = node.getChild('Grouping');
  const labels = everyDescendant(grouping?.getChild('Labels') ?? null, 'Identifier').map(text);
  return { ...countOf(text, inner), sum: { clause: grouping?.getChild('Without') ? 'without' : 'by', labels } };
};

const metricOf = (text: TextOf, node: SyntaxNode): LogCount => {
  const [inner] = childrenOf(node);
  if (inner?.name === 'RangeAggregationExpr') return countOf(text, inner);
  if (inner?.name === 'VectorAggregationExpr') return sumOf(text, inner);
  throw unsupported(`"${text(node)}"`);
};

const refuseErrors = (query: string): void => {
  parser.parse(query).iterate({
    enter: (node) => {
      if (!node.type.isError) return;
      const found = query.slice(node.from).trim() === '' ? '$end' : query.slice(node.from).trim().slice(0, 20);
      throw new LogqlError(`parse error at line 1, col ${node.from + 1}: syntax error: unexpected ${found}`);
    },
  });
};

/** Reads LogQL: stream selectors, line filters, and count_over_time, rate and sum over them. Throws LogqlError for everything else, by name. */
export const parseLogql = (query: string): LogQuery => {
  const text: TextOf = (node) => (node === null ? '' : query.slice(node.from, node.to));
  refuseErrors(query);
  const [inner] = childrenOf(parser.parse(query).topNode.getChild('Expr'));
  if (inner?.name === 'LogExpr') return selectionOf(text, inner);
  if (inner?.name === 'MetricExpr') return metricOf(text, inner);
  throw unsupported(`"${query}"`);
};
