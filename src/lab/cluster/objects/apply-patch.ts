import jsonPatch from 'fast-json-patch';
import { parse } from 'yaml';
import { badRequest, unfitPatch, unsupportedMediaType } from '../api/api-error.ts';
import { isMap, type JsonMap } from '../frozen.ts';
import { mergePatch } from './merge-patch.ts';
import { strategicMerge } from './strategic-merge.ts';

/** The media types of the four kinds of patch. */
export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** Decodes a body that is JSON or YAML; throws 400 when it is neither. */
export const decodeBody = (body: string, contentType: string): unknown => {
  try {
    return /yaml/.test(contentType) ? parse(body) : JSON.parse(body);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unreadable';
    throw badRequest(`the object provided is unrecognized (must be of type object): ${why}`);
  }
};

const applyJsonPatch = (live: JsonMap, operations: unknown): JsonMap => {
  if (!Array.isArray(operations)) {
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  }
  try {
    return jsonPatch.applyPatch(live, operations, true, false).newDocument;
  } catch {
    // A failed `test`, a missing path and an unknown operation look the same from outside.
    throw unfitPatch();
  }
};

const asMap = (patch: unknown): JsonMap => {
  if (!isMap(patch))
    throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}');
  return patch;
};

/** The object that a patch (not an apply) makes of the live one. `custom` kinds know no strategic merge: 415. */
export const applyPatch = (
  live: JsonMap,
  patch: { readonly contentType: string; readonly body: string; readonly custom: boolean },
): JsonMap => {
  const type = (patch.contentType.split(';')[0] ?? '').trim();
  switch (type) {
    case patchTypes.json:
      return applyJsonPatch(live, decodeBody(patch.body, type));
    case patchTypes.merge:
      return mergePatch(live, asMap(decodeBody(patch.body, type)));
    case patchTypes.strategic:
      if (!patch.custom) return strategicMerge(live, asMap(decodeBody(patch.body, type)));
      break;
    default:
  }
  const { json, merge, strategic, apply } = patchTypes;
  throw unsupportedMediaType(patch.custom ? [json, merge, apply] : [json, merge, strategic, apply]);
};
