import type { JsonObject } from '../../../domain/json.ts';

/** Everything that the store keeps is of this group and version. */
export const storeVersion = 'sre.ai4all.dev/v1';

/** Labels by which collections are chosen. */
export const labels = {
  collection: 'sre.ai4all.dev/collection',
  open: 'sre.ai4all.dev/open',
  number: 'sre.ai4all.dev/number',
  incident: 'sre.ai4all.dev/incident',
  lease: 'sre.ai4all.dev/lease',
} as const;

/** Annotations of the store's own objects. */
export const notes = {
  /** The summary of a case: JSON, gzip, base64. It is in the metadata, so that a list need not carry any case file. */
  summary: 'sre.ai4all.dev/summary',
  /** A fresh word with each write, by which a writer knows its own write again when the reply was lost. */
  write: 'sre.ai4all.dev/write',
} as const;

/** API paths of the store's collections in one namespace. */
export const pathsIn = (namespace: string) => {
  const place = `namespaces/${encodeURIComponent(namespace)}`;
  return {
    incidents: `/apis/${storeVersion}/${place}/incidents`,
    records: `/apis/${storeVersion}/${place}/records`,
    leases: `/apis/coordination.k8s.io/v1/${place}/leases`,
  };
};

/** A resourceVersion for comparison: versions of one collection grow, and are numbers in every server there is. */
export const versionNumber = (resourceVersion: string): number => Number(resourceVersion) || 0;

/** One object's path. */
export const itemPath = (collection: string, name: string): string => `${collection}/${encodeURIComponent(name)}`;

/** The object with more annotations. */
export const annotated = (object: JsonObject, more: Readonly<Record<string, string>>): JsonObject => {
  const metadata = (object.metadata ?? {}) as JsonObject;
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...((metadata.annotations ?? {}) as JsonObject), ...more } },
  };
};
