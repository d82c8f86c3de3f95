import type { Topology } from '../domain/context.ts';

type Edges = Pick<Topology, 'edges'>;

type Neighbours = ReadonlyMap<string, readonly string[]>;

/** Who calls whom, both ways round. Made once for each list of edges: detectors ask for every workload, and edges are thousands. */
const adjacencies = new WeakMap<Edges['edges'], { readonly callers: Neighbours; readonly callees: Neighbours }>();

const gathered = (edges: Edges['edges'], key: 'from' | 'to', value: 'from' | 'to'): Neighbours => {
  const neighbours = new Map<string, string[]>();
  for (const edge of edges) {
    const known = neighbours.get(edge[key]);
    if (known === undefined) neighbours.set(edge[key], [edge[value]]);
    else known.push(edge[value]);
  }
  return neighbours;
};

const adjacencyOf = ({ edges }: Edges) => {
  const known = adjacencies.get(edges);
  if (known !== undefined) return known;
  const made = { callers: gathered(edges, 'to', 'from'), callees: gathered(edges, 'from', 'to') };
  adjacencies.set(edges, made);
  return made;
};

/** Who calls this workload, by name. */
export const callersOf = (topology: Edges, workload: string): readonly string[] =>
  adjacencyOf(topology).callers.get(workload) ?? [];

/** Whom this workload calls, by name. */
export const calleesOf = (topology: Edges, workload: string): readonly string[] =>
  adjacencyOf(topology).callees.get(workload) ?? [];

const hopsFrom = (start: string, next: (workload: string) => readonly string[]): ReadonlyMap<string, number> => {
  const hops = new Map([[start, 0]]);
  const queue = [start];
  for (let workload = queue.shift(); workload !== undefined; workload = queue.shift()) {
    const hop = (hops.get(workload) ?? 0) + 1;
    for (const neighbour of next(workload)) {
      if (hops.has(neighbour)) continue;
      hops.set(neighbour, hop);
      queue.push(neighbour);
    }
  }
  return hops;
};

/** Hops to everything that this workload needs, directly or through others; itself at 0. Trouble there reaches it. */
export const downstreamOf = (topology: Edges, workload: string): ReadonlyMap<string, number> =>
  hopsFrom(workload, (name) => calleesOf(topology, name));

/** Hops to everything that needs this workload; itself at 0. Its trouble reaches them. */
export const upstreamOf = (topology: Edges, workload: string): ReadonlyMap<string, number> =>
  hopsFrom(workload, (name) => callersOf(topology, name));

/** Hops to everything that is connected with this workload, in either direction; itself at 0. */
export const distancesFrom = (topology: Edges, workload: string): ReadonlyMap<string, number> =>
  hopsFrom(workload, (name) => [...calleesOf(topology, name), ...callersOf(topology, name)]);

/** The configured calls together with those that were seen: neither knows all of them. */
export const withCalls = (topology: Topology, seen: Topology['edges']): Topology => {
  const known = new Set(topology.edges.map(({ from, to }) => `${from} ${to}`));
  const fresh = seen.filter(({ from, to }) => !known.has(`${from} ${to}`));
  return fresh.length === 0 ? topology : { ...topology, edges: [...topology.edges, ...fresh] };
};
