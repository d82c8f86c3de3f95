import type { ChangeData, FieldChange } from '../../domain/evidence.ts';
import { hiddenValue } from '../../domain/hidden-value.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { textAt, valueAt } from '../../domain/json-read.ts';
import type { ObjectRef } from '../../domain/workload.ts';
import type { Clock } from '../../ports/clock.ts';
import { authorOf } from './change-author.ts';
import { diffFields, type FieldDifference } from './field-diff.ts';
import type { WatchListener } from './object-watch.ts';
import type { RecordedView } from './recorded-view.ts';

/** Fields of one write, and characters of one value: a write that is larger is told in part. */
const fieldsMax = 100;
const valueCharsMax = 16_000;

/** The last state of one object: what is compared, and what tells who wrote it. */
interface Held {
  readonly view: JsonObject;
  readonly object: JsonObject;
}

/** One watched collection. `trouble` is null while its watch stands, else why it does not (or not yet); `hasListed` once it was seen whole. */
export interface RecordedCollection {
  readonly listener: WatchListener;
  hasListed(): boolean;
  trouble(): string | null;
}

const bounded = (value: Json | undefined): Json | undefined => {
  if (value === undefined) return undefined;
  const { length } = JSON.stringify(value);
  return length > valueCharsMax ? hiddenValue(`${length} characters`) : value;
};

const boundedDifference = ({ path, before, after }: FieldDifference): FieldDifference => {
  const [old, now] = [bounded(before), bounded(after)];
  return { path, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) };
};

/** Only what the author is told from is kept beside the view. */
const slim = (object: JsonObject): JsonObject => ({
  metadata: {
    uid: valueAt(object, 'metadata', 'uid') ?? '',
    managedFields: valueAt(object, 'metadata', 'managedFields') ?? [],
  },
});

/** Holds the last state of each object of a collection and records how it changes. The first list is the base line and no change. */
export const createRecordedCollection = (
  ref: Omit<ObjectRef, 'name'>,
  deps: {
    readonly view: RecordedView;
    readonly clock: Clock;
    /** `origin` names the write, the same in every replica that watches. */
    readonly record: (changes: ChangeData, origin: string) => Promise<void>;
  },
): RecordedCollection => {
  const held = new Map<string, Held>();
  let listed = false;
  let trouble: string | null = 'not listed yet';

  const record = async (object: JsonObject, before: Held | undefined, fields: readonly FieldDifference[]) => {
    const author = authorOf({
      before: before?.object,
      after: object,
      path: fields[0]?.path ?? '',
      seenAt: deps.clock.now(),
    });
    const target = { ...ref, name: textAt(object, 'metadata', 'name') };
    const changes = fields
      .slice(0, fieldsMax)
      .map((field): FieldChange => ({ ...author, object: target, ...boundedDifference(field) }));
    const origin = `${textAt(object, 'metadata', 'uid')}.${textAt(object, 'metadata', 'resourceVersion')}`;
    if (changes.length > 0) await deps.record({ kind: 'change', changes }, origin);
  };

  const changed = async (object: JsonObject): Promise<void> => {
    const name = textAt(object, 'metadata', 'name');
    const before = held.get(name);
    const now: Held = { view: deps.view({ ...object, kind: ref.kind }), object: slim(object) };
    held.set(name, now);
    if (before !== undefined) await record(object, before, diffFields(before.view, now.view));
    else if (listed) await record(object, before, [{ path: '', after: now.view }]);
  };

  const removed = async (object: JsonObject): Promise<void> => {
    const name = textAt(object, 'metadata', 'name');
    const before = held.get(name);
    held.delete(name);
    if (before === undefined) return;
    // Nobody signs a deletion: managedFields tell who wrote the object, not who removed it.
    const author = { manager: 'unknown', at: deps.clock.now() };
    const gone = boundedDifference({ path: '', before: before.view });
    const origin = `${textAt(before.object, 'metadata', 'uid')}.deleted`;
    await deps.record({ kind: 'change', changes: [{ ...author, object: { ...ref, name }, ...gone }] }, origin);
  };

  return {
    listener: {
      listed: async (items) => {
        const names = new Set(items.map((item) => textAt(item, 'metadata', 'name')));
        for (const item of items) await changed(item);
        for (const name of [...held.keys()]) if (!names.has(name)) await removed({ metadata: { name } });
        listed = true;
      },
      changed,
      removed,
      trouble: (reason) => {
        trouble = reason;
      },
    },
    hasListed: () => listed,
    trouble: () => trouble,
  };
};
