import type { KubeObject, OwnerReference } from '../kube-object.ts';

/** The owner that controls an object, if any. */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller === true);

/** The objects that `owner` controls, oldest first. */
export const ownedBy = (owner: KubeObject, objects: readonly KubeObject[]): readonly KubeObject[] =>
  objects
    .filter((object) => controllerOf(object)?.uid === owner.metadata.uid)
    .sort((left, right) =>
      (left.metadata.creationTimestamp ?? '').localeCompare(right.metadata.creationTimestamp ?? ''),
    );

/** The reference by which `owner` controls what it makes. */
export const ownerReferenceTo = (owner: KubeObject): OwnerReference & { readonly blockOwnerDeletion: true } => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

/** Whether labels satisfy an equality selector; an empty selector matches nothing, as for Services. */
export const matchesLabels = (
  selector: Readonly<Record<string, string>> | undefined | null,
  object: KubeObject,
): boolean => {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([label, value]) => object.metadata.labels?.[label] === value);
};
