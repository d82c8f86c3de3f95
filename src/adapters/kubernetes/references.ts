import type { Json, JsonObject } from '../../domain/json.ts';
import { listAt, objectAt, textAt, valueAt } from '../../domain/json-read.ts';
import type { Reference } from '../../domain/pod-template.ts';

/** The objects that references are looked up in, by kind and name. A kind that could not be read is absent. */
export type KnownObjects = ReadonlyMap<Reference['kind'], ReadonlyMap<string, JsonObject>>;

type Named = Pick<Reference, 'kind' | 'name' | 'where' | 'optional'> & { readonly key?: string };

const named = (
  kind: Reference['kind'],
  where: string,
  source: Json | undefined,
  nameField = 'name',
): readonly Named[] => {
  const name = textAt(source, nameField);
  const key = textAt(source, 'key');
  const optional = valueAt(source, 'optional') === true;
  return name === '' ? [] : [{ kind, name, where, optional, ...(key === '' ? {} : { key }) }];
};

const inContainer = (container: Json): readonly Named[] => {
  const of = `of container ${textAt(container, 'name')}`;
  const whole = listAt(container, 'envFrom').flatMap((entry) => [
    ...named('ConfigMap', `envFrom ${of}`, valueAt(entry, 'configMapRef')),
    ...named('Secret', `envFrom ${of}`, valueAt(entry, 'secretRef')),
  ]);
  const single = listAt(container, 'env').flatMap((entry) => {
    const where = `env ${textAt(entry, 'name')} ${of}`;
    return [
      ...named('ConfigMap', where, valueAt(entry, 'valueFrom', 'configMapKeyRef')),
      ...named('Secret', where, valueAt(entry, 'valueFrom', 'secretKeyRef')),
    ];
  });
  return [...whole, ...single];
};

/** A volume may ask for single keys of its object: each is a reference of its own. */
const withItems = (source: Json | undefined, found: readonly Named[]): readonly Named[] => {
  const keys = listAt(source, 'items').map((item) => textAt(item, 'key'));
  return keys.length === 0 ? found : found.flatMap((reference) => keys.map((key) => ({ ...reference, key })));
};

const inVolume = (volume: Json): readonly Named[] => {
  const where = `volume ${textAt(volume, 'name')}`;
  const sources = [volume, ...listAt(volume, 'projected', 'sources')];
  return [
    ...sources.flatMap((source) => [
      ...withItems(valueAt(source, 'configMap'), named('ConfigMap', where, valueAt(source, 'configMap'))),
      ...withItems(
        valueAt(source, 'secret'),
        named('Secret', where, valueAt(source, 'secret'), source === volume ? 'secretName' : 'name'),
      ),
    ]),
    ...named('PersistentVolumeClaim', where, valueAt(volume, 'persistentVolumeClaim'), 'claimName'),
  ];
};

const stateOf = (reference: Named, known: KnownObjects): Reference['state'] => {
  const objects = known.get(reference.kind);
  if (objects === undefined) return 'unknown';
  const object = objects.get(reference.name);
  if (object === undefined) return 'missing';
  if (reference.key === undefined) return 'held';
  const keys = [...Object.keys(objectAt(object, 'data')), ...Object.keys(objectAt(object, 'binaryData'))];
  return keys.includes(reference.key) ? 'held' : 'key-missing';
};

/** Every object that a pod spec names, and whether it is there. The default service account is always there. */
export const referencesOf = (podSpec: JsonObject, known: KnownObjects): readonly Reference[] => {
  const account = textAt(podSpec, 'serviceAccountName');
  const found = [
    ...(account === '' || account === 'default' ? [] : named('ServiceAccount', 'service account', { name: account })),
    ...[...listAt(podSpec, 'initContainers'), ...listAt(podSpec, 'containers')].flatMap(inContainer),
    ...listAt(podSpec, 'volumes').flatMap(inVolume),
  ];
  return found.map((reference) => ({ ...reference, state: stateOf(reference, known) }));
};
