import type { Json, JsonObject } from '../domain/json.ts';
import { sameJson } from '../domain/json-read.ts';
import type { FieldExpectation } from './drill-file.ts';
import { fieldAt } from './field-path.ts';

const told = (value: Json | undefined): string => (value === undefined ? 'absent' : JSON.stringify(value));

/** The same value; a scalar may be written as another scalar's text, because YAML and the API quote differently. */
const isSame = (wanted: Json, found: Json | undefined): boolean => {
  if (wanted === null) return found === undefined || found === null;
  if (sameJson(wanted, found)) return true;
  return (
    typeof wanted !== 'object' && typeof found !== 'object' && found !== undefined && String(wanted) === String(found)
  );
};

/** Why a field is not as the drill expects, or null. `object` is null when there is no such object; an empty path means the object itself. */
export const checkField = (field: FieldExpectation, object: JsonObject | null): string | null => {
  const where = `${field.object.kind} ${field.object.name}${field.path === '' ? '' : ` ${field.path}`}`;
  const found = object === null ? undefined : fieldAt(object, field.path);
  if (field.absent === true) return found === undefined ? null : `${where} is ${told(found)}, not absent`;
  const wanted = field.equals ?? null;
  if (isSame(wanted, found)) return null;
  return object === null ? `${where}: there is no such object` : `${where} is ${told(found)}, not ${told(wanted)}`;
};
