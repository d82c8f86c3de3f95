import type { ChangeData, FieldChange } from '../../domain/evidence.ts';
import type { Instant, JsonObject } from '../../domain/json.ts';
import { textAt } from '../../domain/json-read.ts';
import type { ObjectRef } from '../../domain/workload.ts';
import type { Sighting } from '../../ports/change-log.ts';
import { authorSince, type ChangeAuthor } from './change-author.ts';
import { fieldChange } from './field-change.ts';
import type { FieldDifference } from './field-diff.ts';
import { differencesSince, withoutRecorded } from './sighting.ts';

/** Fields of one object that are told of one gap. */
const fieldsMax = 100;

/** What was seen before a time without a watch, and what is there after it. */
export interface Gap {
  readonly ref: Omit<ObjectRef, 'name'>;
  readonly sighting: Sighting;
  readonly now: readonly { readonly object: JsonObject; readonly view: JsonObject }[];
  readonly seenAt: Instant;
  readonly hiddenBy: string;
  readonly recorded: readonly FieldChange[];
}

/** The changes of one author to one object in a gap; `origin` is the same in every replica that tells of it. */
interface GapChange {
  readonly data: ChangeData;
  readonly origin: string;
}

const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name');

const unknownAuthor = ({ seenAt }: Gap): ChangeAuthor => ({ manager: 'unknown', at: seenAt });

/** Created while nobody watched, and not merely left out of the sighting. */
const isNew = ({ sighting }: Gap, object: JsonObject): boolean => {
  const bornMs = Date.parse(textAt(object, 'metadata', 'creationTimestamp'));
  return sighting.isWhole && !(bornMs < Math.floor(Date.parse(sighting.seenAt) / 1_000) * 1_000);
};

const fieldsOf = (gap: Gap, object: JsonObject, view: JsonObject): readonly FieldDifference[] => {
  const seen = gap.sighting.objects.find(({ name }) => name === nameOf(object));
  if (seen === undefined) return isNew(gap, object) ? [{ path: '', after: view }] : [];
  const isSameKey = gap.sighting.hiddenBy === gap.hiddenBy;
  const own = gap.recorded.filter(({ object: known }) => known.name === nameOf(object));
  return withoutRecorded(differencesSince(seen, { view, isSameKey }), own);
};

const changesOf = (gap: Gap, object: JsonObject, view: JsonObject): readonly GapChange[] => {
  const unwatchedSince = gap.sighting.seenAt;
  const target = { ...gap.ref, name: nameOf(object) };
  const byAuthor = new Map<string, FieldChange[]>();
  for (const field of fieldsOf(gap, object, view).slice(0, fieldsMax)) {
    const author = authorSince(object, { path: field.path, unwatchedSince, seenAt: gap.seenAt });
    const key = author.manager === 'unknown' ? 'unknown' : `${author.manager}.${author.at}`;
    const change = fieldChange(field, { ...author, unwatchedSince, object: target });
    byAuthor.set(key, [...(byAuthor.get(key) ?? []), change]);
  }
  const write = `${textAt(object, 'metadata', 'uid')}.${textAt(object, 'metadata', 'resourceVersion')}`;
  return [...byAuthor].map(([key, changes]) => ({
    data: { kind: 'change', changes },
    origin: `${write}.gap.${key}`,
  }));
};

const deletionsOf = (gap: Gap): readonly GapChange[] => {
  const there = new Set(gap.now.map(({ object }) => nameOf(object)));
  const told = new Set(
    gap.recorded.filter(({ path, after }) => path === '' && after === undefined).map(({ object }) => object.name),
  );
  return gap.sighting.objects
    .filter(({ name }) => !there.has(name) && !told.has(name))
    .map(({ name, uid, view }) => {
      const rest = { ...unknownAuthor(gap), unwatchedSince: gap.sighting.seenAt, object: { ...gap.ref, name } };
      return {
        data: { kind: 'change', changes: [fieldChange({ path: '', before: view }, rest)] },
        origin: `${uid}.deleted`,
      };
    });
};

/**
 * What changed while nobody watched, found by comparing: each with when it was seen last, and its author only where managedFields
 * still tell who set the field. What was changed and changed back meanwhile cannot be found.
 */
export const tellGap = (gap: Gap): readonly GapChange[] => [
  ...gap.now.flatMap(({ object, view }) => changesOf(gap, object, view)),
  ...deletionsOf(gap),
];
