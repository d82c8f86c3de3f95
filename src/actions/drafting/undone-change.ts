import type { FieldChange } from '../../domain/evidence.ts';
import { holdsHidden } from '../../domain/hidden-value.ts';
import type { JsonObject } from '../../domain/json.ts';
import { resolvePointer } from '../../domain/json-pointer.ts';
import { sameJson, textAt } from '../../domain/json-read.ts';
import type { Operation } from './json-patch.ts';

const parentPath = (path: string): string => path.slice(0, path.lastIndexOf('/'));
const indexIn = (path: string): number => Number(path.slice(path.lastIndexOf('/') + 1)) || 0;

/** True when the object still is as the change left it, so that undoing it undoes nobody else's work. */
const stillHolds = (object: JsonObject, change: FieldChange): boolean => {
  if (change.after !== undefined) return sameJson(resolvePointer(object, change.path), change.after);
  const parent = resolvePointer(object, parentPath(change.path));
  if (!Array.isArray(parent)) return parent !== undefined && resolvePointer(object, change.path) === undefined;
  const name = textAt(change.before, 'name');
  return name !== '' && parent.every((item) => textAt(item, 'name') !== name);
};

/** Replacing comes first, while indexes are those of the present; then items leave from the end, and come back from the front. */
const order = (change: FieldChange): number => {
  if (change.before === undefined) return 1_000_000 - indexIn(change.path);
  return change.after === undefined ? 2_000_000 + indexIn(change.path) : 0;
};

const undoing = ({ path, before, after }: FieldChange): Operation => {
  if (before === undefined) return { op: 'remove', path };
  return { op: after === undefined ? 'add' : 'replace', path, value: before };
};

/**
 * The operations that undo the changes of one write to an object; null when they cannot be undone exactly: the object has moved on,
 * a value was hidden, or the change created or deleted the whole object.
 */
export const undoneChanges = (object: JsonObject, changes: readonly FieldChange[]): readonly Operation[] | null => {
  const isExact = changes.every(
    (change) =>
      change.path !== '' && !holdsHidden(change.before) && !holdsHidden(change.after) && stillHolds(object, change),
  );
  if (!isExact) return null;
  return changes.toSorted((left, right) => order(left) - order(right)).map(undoing);
};
