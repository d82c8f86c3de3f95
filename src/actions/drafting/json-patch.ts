import type { Json, JsonObject } from '../../domain/json.ts';
import { pointerOf, resolvePointer, stepsOf } from '../../domain/json-pointer.ts';
import { isJsonObject } from '../../domain/json-read.ts';

/** One operation of a JSON patch (RFC 6902); the kinds that a remedy needs. */
export type Operation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/** A patch that checks the values which it replaces or removes, and the patch that undoes it exactly. */
export interface ReversiblePatch {
  readonly patch: readonly Json[];
  readonly inverse: readonly Json[];
}

interface Place {
  readonly parent: Json | undefined;
  readonly parentPath: string;
  readonly key: string;
}

const placeOf = (document: Json, path: string): Place => {
  const steps = stepsOf(path);
  const parentPath = pointerOf(...steps.slice(0, -1));
  return { parent: resolvePointer(document, parentPath), parentPath, key: steps.at(-1) ?? '' };
};

const indexOf = (key: string, lengthMax: number): number | null => {
  const index = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : -1;
  return index >= 0 && index <= lengthMax ? index : null;
};

const editedList = (list: readonly Json[], key: string, operation: Operation): Json | null => {
  const index = indexOf(key, operation.op === 'add' ? list.length : list.length - 1);
  if (index === null) return null;
  const value = operation.op === 'remove' ? [] : [operation.value];
  return list.toSpliced(index, operation.op === 'add' ? 0 : 1, ...value);
};

const editedObject = (object: JsonObject, key: string, operation: Operation): Json | null => {
  if (operation.op !== 'add' && !Object.hasOwn(object, key)) return null;
  if (operation.op !== 'remove') return { ...object, [key]: operation.value };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
};

/** The parent with the operation done to its child, or null when it does not fit. */
const editedParent = ({ parent, key }: Place, operation: Operation): Json | null => {
  if (Array.isArray(parent)) return editedList(parent, key, operation);
  return isJsonObject(parent) ? editedObject(parent, key, operation) : null;
};

const replacedAt = (document: Json, steps: readonly string[], value: Json): Json => {
  const [step, ...deeper] = steps;
  if (step === undefined) return value;
  if (Array.isArray(document)) return document.with(Number(step), replacedAt(document[Number(step)], deeper, value));
  if (!isJsonObject(document)) return document;
  return { ...document, [step]: replacedAt(document[step] ?? null, deeper, value) };
};

/** The document after one operation, or null when the operation does not fit it. The document itself stays as it is. */
const applied = (document: Json, operation: Operation): Json | null => {
  const place = placeOf(document, operation.path);
  const parent = operation.path === '' ? null : editedParent(place, operation);
  return parent === null ? null : replacedAt(document, stepsOf(place.parentPath), parent);
};

/** The document after a JSON patch, tests left out; null when it does not fit. */
export const patchedDocument = (document: JsonObject, patch: Json): JsonObject | null => {
  const operations = (Array.isArray(patch) ? patch : []) as readonly (Operation | { readonly op: 'test' })[];
  let state: Json | null = document;
  for (const operation of operations) {
    if (operation.op !== 'test' && state !== null) state = applied(state, operation);
  }
  return isJsonObject(state ?? undefined) ? (state as JsonObject) : null;
};

/** What undoes one operation, given the document before it. */
const undoing = (document: Json, operation: Operation): Operation => {
  const before = resolvePointer(document, operation.path);
  const isInsertion = operation.op === 'add' && Array.isArray(placeOf(document, operation.path).parent);
  if (before === undefined || isInsertion) return { op: 'remove', path: operation.path };
  return { op: operation.op === 'remove' ? 'add' : 'replace', path: operation.path, value: before };
};

/** Operations preceded by tests of what they overwrite, so that a patch never acts on a value that nobody looked at. */
const withTests = (document: Json, operations: readonly Operation[]): readonly Json[] | null => {
  const tested: Json[] = [];
  let state: Json | null = document;
  for (const operation of operations) {
    const before: Json | undefined = resolvePointer(state, operation.path);
    if (operation.op !== 'add' && before !== undefined)
      tested.push({ op: 'test', path: operation.path, value: before });
    tested.push({ ...operation });
    state = applied(state, operation);
    if (state === null) return null;
  }
  return tested;
};

/** Makes operations reversible for one object; null when they do not fit it. */
export const reversiblePatch = (object: JsonObject, operations: readonly Operation[]): ReversiblePatch | null => {
  const undo: Operation[] = [];
  let state: Json = object;
  for (const operation of operations) {
    undo.unshift(undoing(state, operation));
    const next = applied(state, operation);
    if (next === null) return null;
    state = next;
  }
  const patch = withTests(object, operations);
  const inverse = withTests(state, undo);
  return patch === null || inverse === null ? null : { patch, inverse };
};

/** The one operation that puts a value at a path, creating the objects on the way that are missing. */
export const settingAt = (object: JsonObject, path: string, value: Json): Operation => {
  if (resolvePointer(object, path) !== undefined) return { op: 'replace', path, value };
  const steps = stepsOf(path);
  const depth = steps.findIndex(
    (_step, index) => resolvePointer(object, pointerOf(...steps.slice(0, index + 1))) === undefined,
  );
  const missing = steps.slice(depth + 1);
  const nested = missing.reduceRight<Json>((inner, step) => ({ [step]: inner }), value);
  return { op: 'add', path: pointerOf(...steps.slice(0, depth + 1)), value: nested };
};
