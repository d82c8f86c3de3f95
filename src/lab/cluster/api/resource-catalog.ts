import type { KubeStore } from '../kube-store.ts';
import { apiVersionOf, builtinResources, resourcesOfDefinition, type ServedResource } from './served-resource.ts';

/** What the server serves right now: the built-in kinds and those of the stored CustomResourceDefinitions. */
export interface ResourceCatalog {
  all(): readonly ServedResource[];
  find(group: string, version: string, plural: string): ServedResource | undefined;
  byKind(apiVersion: string, kind: string): ServedResource | undefined;
}

/** Makes a catalog that follows the store's CustomResourceDefinitions. */
export const createResourceCatalog = (store: KubeStore): ResourceCatalog => {
  const all = (): readonly ServedResource[] => {
    const builtin = new Set(builtinResources.map(({ plural }) => plural));
    // A definition of a built-in kind (a policy engine's own CRD) adds nothing: the kind is served already.
    const custom = store.list('customresourcedefinitions').flatMap(resourcesOfDefinition);
    return [...builtinResources, ...custom.filter(({ plural }) => !builtin.has(plural))];
  };
  return {
    all,
    find: (group, version, plural) =>
      all().find((entry) => entry.plural === plural && entry.group === group && entry.version === version),
    byKind: (apiVersion, kind) => all().find((entry) => entry.kind === kind && apiVersionOf(entry) === apiVersion),
  };
};
