import type { TimeSeries } from '../time-series.ts';
import type { Aggregate, Element } from './expression.ts';

/** Vectors of one aggregate by their instants, epoch ms. */
export type Vectors = Map<number, readonly Element[]>;

const aggregatesMax = 16;
const instantsMax = 1_000;

const shelves = new WeakMap<TimeSeries, Map<string, Vectors>>();

/**
 * What an aggregate was at instants that are past, for all queries over one store: two quantiles of one histogram fold its
 * buckets once, and neighbouring incidents ask for the same quiet time. The oldest aggregates make room.
 */
export const vectorsOf = (store: TimeSeries, aggregate: Aggregate): Vectors => {
  const shelf = shelves.get(store) ?? new Map<string, Vectors>();
  shelves.set(store, shelf);
  const text = JSON.stringify(aggregate);
  const known = shelf.get(text);
  const vectors: Vectors = known === undefined || known.size > instantsMax ? new Map() : known;
  shelf.delete(text);
  shelf.set(text, vectors);
  for (const oldest of [...shelf.keys()].slice(0, Math.max(0, shelf.size - aggregatesMax))) shelf.delete(oldest);
  return vectors;
};
