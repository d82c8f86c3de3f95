import { anchoredPattern, keyOfLabels, type Labels, pickLabels, rememberedOf } from '../labels.ts';
import type { Element } from './expression.ts';
import { PromqlError } from './promql-error.ts';

const patternOf = (regex: string): RegExp => {
  try {
    return anchoredPattern(regex);
  } catch {
    throw new PromqlError('execution', `invalid regular expression in label_replace(): ${regex}`);
  }
};

/** Fills `$1`, `${1}`, `$name` and `${name}` in a template, as Go's Regexp.Expand does; unknown groups are empty. */
const expand = (template: string, match: RegExpExecArray): string =>
  template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
    if (whole === '$$') return '$';
    const group = bare ?? braced ?? '';
    return (/^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group]) ?? '';
  });

/** What became of a label set, by the change. */
const changesOf = rememberedOf(() => new Map<string, Labels>());

/** `label_replace`: writes `target` where the source label matches as a whole; an empty result removes the label. */
export const labelReplace = (
  elements: readonly Element[],
  change: { readonly target: string; readonly template: string; readonly source: string; readonly regex: string },
): readonly Element[] => {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(change.target)) {
    throw new PromqlError('execution', `invalid destination label name in label_replace(): ${change.target}`);
  }
  const pattern = patternOf(change.regex);
  const name = JSON.stringify(change);
  const replace = (labels: Labels): Labels => {
    const match = pattern.exec(labels[change.source] ?? '');
    if (match === null) return labels;
    return pickLabels({ ...labels, [change.target]: expand(change.template, match) }, () => true);
  };
  const changed = elements.map(({ labels, value }) => {
    const known = changesOf(labels);
    const after = known.get(name) ?? replace(labels);
    known.set(name, after);
    return { labels: after, value };
  });
  if (new Set(changed.map((element) => keyOfLabels(element.labels))).size !== changed.length) {
    throw new PromqlError('execution', 'vector cannot contain metrics with the same labelset');
  }
  return changed;
};
