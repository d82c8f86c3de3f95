import { invariant } from '../../domain/bot-error.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { pointerOf } from '../../domain/json-pointer.ts';
import { isJsonObject, objectAt, textAt, valueAt } from '../../domain/json-read.ts';
import type { Patch } from '../../domain/plan.ts';
import type { Stamp } from '../../ports/cluster-writer.ts';

/** The annotations that lead from a changed object back to the incident, and tell a lost reply from a lost write. */
export const annotationKeys = {
  incidentUid: 'sre.ai4all.dev/incident-uid',
  actionId: 'sre.ai4all.dev/action-id',
} as const;

const annotationsOf = (stamp: Stamp): Readonly<Record<string, string>> => ({
  [annotationKeys.incidentUid]: stamp.incidentUid,
  [annotationKeys.actionId]: stamp.actionId,
});

const annotationsPath = pointerOf('metadata', 'annotations');

/** Whether the object will have annotations when the operations before the stamp are done. */
const hasAnnotations = (live: JsonObject, operations: readonly Json[]): boolean =>
  operations.reduce<boolean>(
    (has, operation) =>
      textAt(operation, 'path') === annotationsPath ? has || ['add', 'replace'].includes(textAt(operation, 'op')) : has,
    isJsonObject(valueAt(live, 'metadata', 'annotations')),
  );

const stampedOperations = (operations: readonly Json[], stamp: Stamp, live: JsonObject): readonly Json[] => [
  { op: 'test', path: pointerOf('metadata', 'resourceVersion'), value: stamp.resourceVersion },
  ...operations,
  ...(hasAnnotations(live, operations) ? [] : [{ op: 'add', path: annotationsPath, value: {} }]),
  ...Object.entries(annotationsOf(stamp)).map(([key, value]) => ({
    op: 'add',
    path: pointerOf('metadata', 'annotations', key),
    value,
  })),
];

const stampedMerge = (body: JsonObject, stamp: Stamp): JsonObject => ({
  ...body,
  metadata: {
    ...objectAt(body, 'metadata'),
    resourceVersion: stamp.resourceVersion,
    annotations: { ...objectAt(body, 'metadata', 'annotations'), ...annotationsOf(stamp) },
  },
});

/**
 * The patch's body with the stamp in it: precondition, change and annotations succeed or fail as one. `live` is the object at the
 * stamp's resourceVersion; a JSON patch must know whether it has annotations.
 */
export const stampedBody = (patch: Patch, stamp: Stamp, live: JsonObject): Json => {
  if (patch.type === 'json') {
    invariant(Array.isArray(patch.body), 'a JSON patch is a list of operations');
    return stampedOperations(patch.body, stamp, live);
  }
  invariant(isJsonObject(patch.body), 'a merge patch is an object');
  return stampedMerge(patch.body, stamp);
};
