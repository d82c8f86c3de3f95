import type { JsonObject } from '../../domain/json.ts';
import { textAt, textsAt } from '../../domain/json-read.ts';

/** Labels of an object, or what a selector wants them to be. */
export type Labels = Readonly<Record<string, string>>;

/** The workloads of a namespace as Services find them: looked up by label, because thousands meet thousands. */
export interface SelectorIndex {
  /** Names of the workloads whose pods a selector finds, in their order; none for an empty selector. */
  matchedBy(selector: Labels): readonly string[];
  /** Whether there is a workload of this name. */
  has(name: string): boolean;
}

interface Labelled {
  readonly name: string;
  readonly labels: Labels;
}

const pairOf = (key: string, value: string): string => JSON.stringify([key, value]);

const byPair = (workloads: readonly Labelled[]): ReadonlyMap<string, readonly Labelled[]> => {
  const found = new Map<string, Labelled[]>();
  for (const workload of workloads) {
    for (const [key, value] of Object.entries(workload.labels)) {
      const known = found.get(pairOf(key, value));
      if (known === undefined) found.set(pairOf(key, value), [workload]);
      else known.push(workload);
    }
  }
  return found;
};

/** Reads the labels of every workload's pod template once. */
export const createSelectorIndex = (workloads: readonly JsonObject[]): SelectorIndex => {
  const labelled = workloads.map((workload) => ({
    name: textAt(workload, 'metadata', 'name'),
    labels: textsAt(workload, 'spec', 'template', 'metadata', 'labels'),
  }));
  const pairs = byPair(labelled);
  const names = new Set(labelled.map(({ name }) => name));
  return {
    matchedBy: (selector) => {
      const [first, ...others] = Object.entries(selector);
      if (first === undefined) return [];
      return (pairs.get(pairOf(...first)) ?? [])
        .filter(({ labels }) => others.every(([key, value]) => labels[key] === value))
        .map(({ name }) => name);
    },
    has: (name) => names.has(name),
  };
};
