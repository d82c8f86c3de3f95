import type { LogPattern } from '../domain/evidence.ts';
import { type LogText, levelOfText, openLogText } from './log-text.ts';

/**
 * Groups log lines by template, after Drain (He, Zhu, Zheng and Lyu, "Drain: An Online Log Parsing Approach with Fixed
 * Depth Tree", ICWS 2017): lines of equal length and equal first word meet in one leaf, and there the most similar
 * template takes them in, its differing words becoming wildcards.
 */
export interface LogGroup {
  words: readonly string[];
  readonly level: LogPattern['level'];
  readonly example: string;
  count: number;
  countBefore: number;
}

const wildcard = '<*>';
const similarityMin = 0.55;
const wordsMax = 60;
const groupsMax = 200;
const groupsPerLeafMax = 40;

/** What differs from line to line by nature, in one pass; order matters, the longer forms come first. */
const variable = new RegExp(
  [
    /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/,
    /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/,
    /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/,
    /\b0x[0-9a-f]+\b/,
    /\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/,
    /(?:(?<!\w)-)?\b\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|%|[kmg]i?b)?\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
);

const wordsOf = (constant: string): readonly string[] =>
  constant
    .split(/\s+/, wordsMax + 1)
    .filter(Boolean)
    .slice(0, wordsMax);

const similarity = (left: readonly string[], right: readonly string[]): number => {
  let equal = 0;
  for (let index = 0; index < left.length; index += 1) if (left[index] === right[index]) equal += 1;
  return left.length === 0 ? 1 : equal / left.length;
};

const merge = (left: readonly string[], right: readonly string[]): readonly string[] =>
  left.every((word, index) => word === right[index])
    ? left
    : left.map((word, index) => (word === right[index] ? word : wildcard));

const nearest = (leaf: readonly LogGroup[], words: readonly string[]): LogGroup | undefined => {
  let best: LogGroup | undefined;
  let bestSimilarity = similarityMin;
  for (const group of leaf) {
    const near = similarity(group.words, words);
    if (near < bestSimilarity) continue;
    best = group;
    bestSimilarity = near;
  }
  return best;
};

/** So many masked lines are remembered with the group that took them in. */
const rememberedMax = 2_000;

/** Makes a miner: `take` files a masked line under its template, or nowhere when there is no room left. */
export const createMiner = () => {
  const leaves = new Map<string, LogGroup[]>();
  // Most lines differ from an earlier one in their values only, and go where that one went.
  const remembered = new Map<string, LogGroup>();
  let size = 0;

  const file = (words: readonly string[], { message, level }: LogText): LogGroup | undefined => {
    const head = words[0] ?? '';
    const key = `${level} ${words.length} ${head.includes(wildcard) ? wildcard : head}`;
    const leaf = leaves.get(key) ?? [];
    const known = nearest(leaf, words);
    if (known !== undefined) {
      known.words = merge(known.words, words);
      return known;
    }
    if (size >= groupsMax || leaf.length >= groupsPerLeafMax) return undefined;
    const group: LogGroup = { words, level, example: message, count: 0, countBefore: 0 };
    leaves.set(key, [...leaf, group]);
    size += 1;
    return group;
  };

  const take = (line: string): LogGroup | undefined => {
    const { message, named } = openLogText(line);
    const constant = message.replace(variable, wildcard);
    const key = named === undefined ? constant : `${named} ${constant}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const group = file(wordsOf(constant), { message, level: named ?? levelOfText(message) });
    if (group !== undefined && remembered.size < rememberedMax) remembered.set(key, group);
    return group;
  };

  return { take, groups: (): readonly LogGroup[] => [...leaves.values()].flat() };
};

const loudness: Readonly<Record<LogPattern['level'], number>> = { error: 2, warning: 1, info: 0 };

const byWeight = (left: LogPattern, right: LogPattern): number =>
  loudness[right.level] - loudness[left.level] ||
  right.count - right.countBefore - (left.count - left.countBefore) ||
  right.count - left.count ||
  (left.template < right.template ? -1 : 1);

/**
 * The templates of masked log lines, counted in the window and in the quiet window before it, at most `limit`:
 * loudest first, then those that grew most.
 */
export const mineTemplates = (lines: {
  readonly now: readonly string[];
  readonly before: readonly string[];
  readonly limit: number;
}): readonly LogPattern[] => {
  const miner = createMiner();
  for (const line of lines.now) {
    const group = miner.take(line);
    if (group !== undefined) group.count += 1;
  }
  for (const line of lines.before) {
    const group = miner.take(line);
    if (group !== undefined) group.countBefore += 1;
  }
  return miner
    .groups()
    .map(({ words, level, example, count, countBefore }) => ({
      template: words.join(' '),
      level,
      count,
      countBefore,
      example,
    }))
    .toSorted(byWeight)
    .slice(0, lines.limit);
};
