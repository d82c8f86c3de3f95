import type { JsonObject } from '../../domain/json.ts';
import type { Answer } from '../../ports/answer.ts';
import type { Reader } from './reader.ts';

/** A kind of objects, as the API names it. */
export type Kind = readonly [apiVersion: string, kind: string];

/** The kinds that run pods for good. */
export const workloadKinds: readonly Kind[] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
];

/** The objects of one namespace, by kind. */
export type Shelf = (kind: string) => readonly JsonObject[];

/** All workloads of a namespace. */
export const workloadsOn = (shelf: Shelf): readonly JsonObject[] => workloadKinds.flatMap(([, kind]) => shelf(kind));

/** What a list amounts to: none is `empty`. */
export const listed = <T>(items: readonly T[], query: string): Answer<readonly T[]> =>
  items.length === 0 ? { outcome: 'empty', query } : { outcome: 'found', value: items, query };

/** All kinds or none: half a picture would look like a fault. */
export const gather = async (reader: Reader, namespace: string, kinds: readonly Kind[]): Promise<Answer<Shelf>> => {
  const answers = await Promise.all(kinds.map(([apiVersion, kind]) => reader.list({ apiVersion, kind, namespace })));
  const trouble = answers.find((answer) => answer.outcome === 'unreachable');
  if (trouble !== undefined) return trouble;
  const objects = new Map(
    answers.map((answer, index) => [kinds[index]?.[1], answer.outcome === 'found' ? answer.value : []]),
  );
  return { outcome: 'found', value: (kind) => objects.get(kind) ?? [], query: answers[0]?.query ?? namespace };
};
