import type { KubeObject } from './kube-object.ts';

/** The objects of the cluster by kind, namespace and name. */
export interface ObjectShelves {
  get(plural: string, namespace: string, name: string): KubeObject | undefined;
  list(plural: string): readonly KubeObject[];
  put(plural: string, object: KubeObject): void;
  /** Takes the object away; false when it was not there. */
  take(plural: string, object: KubeObject): boolean;
  /** What loses its last owner, or its namespace, when `owner` is gone; ask after taking the owner away. */
  dependantsOf(owner: KubeObject): readonly Placed[];
}

/** An object and the kind's plural that it is kept under. */
interface Placed {
  readonly plural: string;
  readonly object: KubeObject;
}

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;
const keyOfObject = (object: KubeObject): string => keyOf(object.metadata.namespace ?? '', object.metadata.name);

/** Makes empty shelves. */
export const createObjectShelves = (): ObjectShelves => {
  const shelves = new Map<string, Map<string, KubeObject>>();

  const shelf = (plural: string): Map<string, KubeObject> => {
    const found = shelves.get(plural) ?? new Map<string, KubeObject>();
    shelves.set(plural, found);
    return found;
  };
  const everything = (): readonly Placed[] =>
    [...shelves].flatMap(([plural, all]) => [...all.values()].map((object) => ({ plural, object })));

  return {
    get: (plural, namespace, name) => shelves.get(plural)?.get(keyOf(namespace, name)),
    list: (plural) => [...(shelves.get(plural)?.values() ?? [])],
    put: (plural, object) => {
      shelf(plural).set(keyOfObject(object), object);
    },
    take: (plural, object) => shelf(plural).delete(keyOfObject(object)),
    dependantsOf: (owner) => {
      const all = everything();
      const isAlive = (uid: string): boolean => all.some(({ object }) => object.metadata.uid === uid);
      return all.filter(({ object }) => {
        if (owner.kind === 'Namespace' && object.metadata.namespace === owner.metadata.name) return true;
        const owners = object.metadata.ownerReferences ?? [];
        return owners.some(({ uid }) => uid === owner.metadata.uid) && !owners.some(({ uid }) => isAlive(uid));
      });
    },
  };
};
