import type { Json } from '../../domain/json.ts';
import { listAt, textAt } from '../../domain/json-read.ts';
import type { Condition } from '../../domain/surroundings.ts';
import { limits } from '../../limits.ts';

const conditionOf = (entry: Json): Condition => {
  const reason = textAt(entry, 'reason');
  const message = textAt(entry, 'message').slice(0, limits.logLineCharsMax);
  const since = textAt(entry, 'lastTransitionTime');
  return {
    type: textAt(entry, 'type'),
    status: textAt(entry, 'status'),
    ...(reason === '' ? {} : { reason }),
    ...(message === '' ? {} : { message }),
    ...(since === '' ? {} : { since }),
  };
};

/** The conditions that an object's status states. */
export const conditionsOf = (object: Json): readonly Condition[] =>
  listAt(object, 'status', 'conditions').map(conditionOf);
