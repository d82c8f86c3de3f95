import type { Instant, Json, JsonObject } from '../../domain/json.ts';
import { listAt, sameJson, textAt } from '../../domain/json-read.ts';

/** Who wrote a change and when. */
export interface ChangeAuthor {
  readonly manager: string;
  readonly at: Instant;
}

const timeOf = (entry: Json): number => Date.parse(textAt(entry, 'time')) || 0;

/** Reports of status are not changes of what is wanted. */
const entriesOf = (object: JsonObject | undefined): readonly Json[] =>
  listAt(object, 'metadata', 'managedFields').filter((entry) => textAt(entry, 'subresource') !== 'status');

/**
 * The author of the difference between two states of an object, from managedFields: the newest of the entries that are new or differ,
 * because times are whole seconds and several managers may share one. `seenAt` stands in where the server keeps no record.
 */
export const authorOf = (before: JsonObject | undefined, after: JsonObject, seenAt: Instant): ChangeAuthor => {
  const known = entriesOf(before);
  const all = entriesOf(after);
  const touched = all.filter((entry) => !known.some((old) => sameJson(old, entry)));
  const newest = [...(touched.length > 0 ? touched : all)].sort((left, right) => timeOf(right) - timeOf(left))[0];
  const manager = textAt(newest, 'manager');
  if (newest === undefined || manager === '') return { manager: 'unknown', at: seenAt };
  const isFresh = touched.length > 0 && timeOf(newest) > 0;
  return { manager, at: isFresh ? new Date(timeOf(newest)).toISOString() : seenAt };
};
