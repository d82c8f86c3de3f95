import { isMap, type JsonMap } from '../frozen.ts';

const drop = Symbol('drop');

const merged = (target: unknown, patch: unknown): unknown => {
  if (patch === null) return drop;
  return isMap(patch) ? mergePatch(isMap(target) ? target : {}, patch) : patch;
};

/** Applies a JSON merge patch (RFC 7386): null removes, lists are replaced. */
export const mergePatch = (target: JsonMap, patch: JsonMap): JsonMap => {
  const next = new Map<string, unknown>(Object.entries(target));
  for (const [field, value] of Object.entries(patch)) {
    const result = merged(next.get(field), value);
    if (result === drop) next.delete(field);
    else next.set(field, result);
  }
  return Object.fromEntries(next);
};
