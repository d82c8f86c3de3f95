import type { FieldChange } from '../../domain/evidence.ts';
import { hiddenValue } from '../../domain/hidden-value.ts';
import type { Json } from '../../domain/json.ts';
import type { FieldDifference } from './field-diff.ts';

/** Characters of one value: a larger one is told by its size. */
const valueCharsMax = 16_000;

const bounded = (value: Json | undefined): Json | undefined => {
  if (value === undefined) return undefined;
  const { length } = JSON.stringify(value);
  return length > valueCharsMax ? hiddenValue(`${length} characters`) : value;
};

const boundedDifference = ({ path, before, after }: FieldDifference): FieldDifference => {
  const [old, now] = [bounded(before), bounded(after)];
  return { path, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) };
};

/** A recorded field with its large values told by their size. */
export const fieldChange = (
  field: FieldDifference,
  rest: Omit<FieldChange, 'path' | 'before' | 'after'>,
): FieldChange => ({ ...rest, ...boundedDifference(field) });
