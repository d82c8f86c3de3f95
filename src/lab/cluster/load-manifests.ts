import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { createResourceCatalog } from './api/resource-catalog.ts';
import type { ApiStore } from './create-kube-store.ts';
import { isMap, listOf } from './frozen.ts';
import type { KubeObject } from './kube-object.ts';
import { initialStatus, objectDefaults } from './objects/object-defaults.ts';

const manager = 'kubectl';

const isObject = (value: unknown): value is KubeObject =>
  isMap(value) && typeof value.apiVersion === 'string' && typeof value.kind === 'string' && isMap(value.metadata);

const documentsOf = (path: string): readonly KubeObject[] => {
  const documents = parseAllDocuments(readFileSync(path, 'utf8'));
  const broken = documents.flatMap((document) => document.errors)[0];
  if (broken !== undefined) throw new Error(`${path}: ${broken.message}`);
  const values: readonly unknown[] = documents.map((document) => document.toJS());
  return values
    .flatMap((value) => (isMap(value) && value.kind === 'List' ? listOf(value.items) : [value]))
    .filter(isObject);
};

const filesOf = (path: string): readonly string[] =>
  /\.ya?ml$/.test(path)
    ? [path]
    : readdirSync(path, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .sort((left, right) => left.localeCompare(right));

/** Namespaces and definitions first: the others live in them. */
const rank = ({ kind }: KubeObject): number =>
  ['CustomResourceDefinition', 'Namespace'].includes(kind) ? 0 : kind === 'Kustomization' ? 2 : 1;

/**
 * Puts every object of a folder's (or one file's) YAML into the store as a cluster administrator's apply would: with
 * defaults, replacing what is there. Returns what was stored. Objects of kinds that are not served are left out.
 * Throws when a file is not YAML.
 */
export const loadManifests = (store: ApiStore, path: string): readonly KubeObject[] => {
  const catalog = createResourceCatalog(store);
  const objects = filesOf(path)
    .flatMap(documentsOf)
    .sort((left, right) => rank(left) - rank(right));
  return objects.flatMap((object) => {
    const resource = catalog.byKind(object.apiVersion, object.kind);
    if (resource === undefined) return [];
    const namespace = resource.namespaced ? (object.metadata.namespace ?? 'default') : undefined;
    const placed = objectDefaults({
      ...object,
      metadata: { ...object.metadata, ...(namespace === undefined ? {} : { namespace }) },
    });
    const before = store.get(resource.plural, namespace ?? '', placed.metadata.name);
    if (before !== undefined) return [store.update(resource.plural, placed, manager)];
    const status = initialStatus(placed);
    return [store.create(resource.plural, status === undefined ? placed : { ...placed, status }, manager)];
  });
};
