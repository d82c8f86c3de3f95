import { keyOfLabels, type Labels, pickLabels } from '../labels.ts';
import type { Aggregate, Element } from './expression.ts';

interface Group {
  readonly labels: Labels;
  readonly members: Element[];
}

const folds: Readonly<Record<string, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((total, value) => total + value, 0),
  avg: (values) => values.reduce((total, value) => total + value, 0) / values.length,
  // A NaN counts only when there is nothing else.
  min: (values) => values.reduce((least, value) => (value < least || Number.isNaN(least) ? value : least)),
  max: (values) => values.reduce((most, value) => (value > most || Number.isNaN(most) ? value : most)),
  count: (values) => values.length,
  group: () => 1,
};

/** Remembers the group of each label set: a range query asks for the same ones at every step. */
export type GroupMemo = WeakMap<Labels, { readonly key: string; readonly labels: Labels }>;

const groupOf = (aggregate: Aggregate, labels: Labels, memo: GroupMemo) => {
  const known = memo.get(labels);
  if (known !== undefined) return known;
  const named = new Set(aggregate.labels);
  const kept =
    aggregate.clause === 'by'
      ? pickLabels(labels, (name) => named.has(name))
      : pickLabels(labels, (name) => !named.has(name) && name !== '__name__');
  const group = { key: keyOfLabels(kept), labels: kept };
  memo.set(labels, group);
  return group;
};

const ranked = (group: Group, op: string, limit: number): readonly Element[] => {
  const sign = op === 'topk' ? -1 : 1;
  const rank = ({ value }: Element): number => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value);
  return [...group.members].sort((left, right) => rank(left) - rank(right)).slice(0, Math.max(0, Math.trunc(limit)));
};

/** Folds a vector into its groups. `parameter` is the number of elements for topk and bottomk, which keep their labels. */
export const applyAggregate = (
  aggregate: Aggregate,
  elements: readonly Element[],
  { parameter, memo }: { readonly parameter: number; readonly memo: GroupMemo },
): readonly Element[] => {
  const groups = new Map<string, Group>();
  for (const element of elements) {
    const { key, labels } = groupOf(aggregate, element.labels, memo);
    const group = groups.get(key) ?? { labels, members: [] };
    group.members.push(element);
    groups.set(key, group);
  }
  const fold = folds[aggregate.op];
  return [...groups.values()].flatMap((group) =>
    fold === undefined
      ? ranked(group, aggregate.op, parameter)
      : [{ labels: group.labels, value: fold(group.members.map(({ value }) => value)) }],
  );
};
