import type { ContainerResources, ContainerState, EvidenceData, PodState, WorkloadData } from '../domain/evidence.ts';
import type { Json } from '../domain/json.ts';
import { limits } from '../limits.ts';
import { isHeldUp } from './containers.ts';

const cut = (text: string): string =>
  // Half of a surrogate pair would not survive a store.
  text.length <= limits.textCharsMax ? text : text.slice(0, limits.textCharsMax).replace(/[\ud800-\udbff]$/, '');

/** The same value with texts, lists and objects cut to what one observation may keep. */
const cutJson = (value: Json): Json => {
  if (typeof value === 'string') return cut(value);
  if (Array.isArray(value)) return value.slice(0, limits.entriesKeptMax).map((item: Json) => cutJson(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key.length <= limits.textCharsMax)
      .slice(0, limits.entriesKeptMax)
      .map(([key, inner]) => [key, cutJson(inner as Json)]),
  );
};

const containerRank = (container: ContainerState): number => {
  if (isHeldUp(container)) return 0;
  if (!container.ready || container.restarts > 0 || container.lastTermination !== undefined) return 1;
  return 2;
};

const podRank = ({ ready, containers }: PodState): number =>
  Math.min(ready ? 2 : 1, ...containers.slice(0, limits.containersKeptMax).map(containerRank));

/** Sorting is stable: what is equally unwell stays in its order. */
const unwellFirst = <T>(items: readonly T[], rank: (item: T) => number, max: number): readonly T[] =>
  items.length <= max
    ? items
    : items
        .map((item) => ({ item, at: rank(item) }))
        .toSorted((left, right) => left.at - right.at)
        .slice(0, max)
        .map(({ item }) => item);

const boundedPod = (pod: PodState): PodState => ({
  ...pod,
  containers: unwellFirst(pod.containers, containerRank, limits.containersKeptMax),
});

const boundedSpecs = (
  specs: readonly ContainerResources[],
  named: ReadonlySet<string>,
): readonly ContainerResources[] =>
  unwellFirst(specs, ({ name }) => (named.has(name) ? 0 : 1), limits.containersKeptMax);

const boundedWorkload = (data: WorkloadData): WorkloadData => {
  const pods = unwellFirst(data.pods.map(boundedPod), podRank, limits.podsKeptMax);
  const named = new Set(pods.flatMap(({ containers }) => containers.map(({ name }) => name)));
  return {
    ...data,
    pods,
    containers: boundedSpecs(data.containers, named),
    ...(data.initContainers === undefined ? {} : { initContainers: boundedSpecs(data.initContainers, named) }),
  };
};

/**
 * What one observation keeps of an object, however large it is: of pods and containers the unwell ones, of other lists the
 * first entries, of texts their beginning. Counts that an object states itself stay as they are.
 */
export const boundedData = <D extends EvidenceData>(data: D): D => {
  const chosen: EvidenceData = data.kind === 'workload' ? boundedWorkload(data) : data;
  // Its shape is kept: only texts and lists become shorter.
  return cutJson(chosen as unknown as Json) as unknown as D;
};

/** Text on one line, without control characters: whoever reads evidence reads it line by line. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
