import type { KubeObject } from '../kube-object.ts';
import type { KubeStore } from '../kube-store.ts';
import { selectorHolds } from '../objects/selectors.ts';
import { controllerOf, ownedBy, ownerReferenceTo } from './ownership.ts';

const manager = 'kube-controller-manager';

const withOwners = (object: KubeObject, ownerReferences: NonNullable<KubeObject['metadata']['ownerReferences']>) => ({
  ...object,
  metadata: { ...object.metadata, ownerReferences },
});

/** The objects that `owner` controls, oldest first, after it has adopted orphans that its selector means and let go of those that it no longer does. */
export const claimOwned = (store: KubeStore, owner: KubeObject, plural: string): readonly KubeObject[] => {
  const { namespace, uid } = owner.metadata;
  // An empty selector would mean everybody's objects.
  if (Object.keys(owner.spec.selector ?? {}).length === 0) return ownedBy(owner, store.list(plural, namespace));
  for (const object of store.list(plural, namespace)) {
    const holder = controllerOf(object);
    const owners = object.metadata.ownerReferences ?? [];
    const isMeant = selectorHolds(owner.spec.selector, object.metadata.labels ?? {});
    if (object.metadata.deletionTimestamp !== undefined || isMeant === (holder !== undefined)) continue;
    if (holder === undefined) store.update(plural, withOwners(object, [...owners, ownerReferenceTo(owner)]), manager);
    else if (holder.uid === uid) {
      const others = owners.filter((reference) => reference.uid !== uid);
      store.update(plural, withOwners(object, others), manager);
    }
  }
  return ownedBy(owner, store.list(plural, namespace));
};
