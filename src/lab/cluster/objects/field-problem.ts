import type { StatusCause } from '../api/api-error.ts';

/** One thing that is wrong with one field, as details.causes carries it. */
export interface FieldProblem extends StatusCause {
  readonly field: string;
}

const shown = (value: unknown): string => JSON.stringify(value) ?? 'null';

/** The field must be there. */
export const required = (field: string, why = ''): FieldProblem => ({
  reason: 'FieldValueRequired',
  message: why === '' ? 'Required value' : `Required value: ${why}`,
  field,
});

/** The value is not allowed here. */
export const wrongValue = (field: string, value: unknown, why: string): FieldProblem => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${shown(value)}: ${why}`,
  field,
});

/** The value is none of the allowed ones. */
export const unsupported = (field: string, value: unknown, allowed: readonly string[]): FieldProblem => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${shown(value)}: supported values: ${allowed.map(shown).join(', ')}`,
  field,
});

/** The value stands twice in a list that names each item once. */
export const duplicate = (field: string, value: unknown): FieldProblem => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${shown(value)}`,
  field,
});

/** The field may not be set or changed. */
export const forbiddenField = (field: string, why: string): FieldProblem => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});

/** The words for a change that no update may make. */
export const immutable = 'field is immutable';
