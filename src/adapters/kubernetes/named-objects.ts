import type { JsonObject } from '../../domain/json.ts';
import { textAt } from '../../domain/json-read.ts';
import type { AddressBook } from './address-settings.ts';
import type { Reader } from './reader.ts';
import type { KnownObjects } from './references.ts';

const byName = (objects: readonly JsonObject[]): ReadonlyMap<string, JsonObject> =>
  new Map(objects.map((object) => [textAt(object, 'metadata', 'name'), object]));

const namedKinds = ['ConfigMap', 'ServiceAccount', 'PersistentVolumeClaim'] as const;

/** What pod templates name. Each kind for itself: one that may not be read leaves only its own references unknown. */
export const readNamed = async (
  reader: Reader,
  namespace: string,
): Promise<{ readonly known: KnownObjects; readonly addresses?: AddressBook }> => {
  const held = async (kind: string): Promise<ReadonlyMap<string, JsonObject> | undefined> => {
    const answer = await reader.list({ apiVersion: 'v1', kind, namespace });
    if (answer.outcome === 'unreachable') return undefined;
    return byName(answer.outcome === 'found' ? answer.value : []);
  };
  const [services, ...objects] = await Promise.all(['Service', ...namedKinds].map(held));
  const found = namedKinds.flatMap((kind, index) => {
    const map = objects[index];
    return map === undefined ? [] : [[kind, map] as const];
  });
  const known: KnownObjects = new Map(found);
  return {
    known,
    ...(services === undefined
      ? {}
      : { addresses: { namespace, services, configMaps: known.get('ConfigMap') ?? new Map() } }),
  };
};
