import type { ChangeData, FieldChange } from '../../domain/evidence.ts';
import type { Instant, JsonObject } from '../../domain/json.ts';
import { textAt } from '../../domain/json-read.ts';
import type { ObjectRef } from '../../domain/workload.ts';
import type { Sighting } from '../../ports/change-log.ts';
import type { Clock } from '../../ports/clock.ts';
import { authorOf } from './change-author.ts';
import { fieldChange } from './field-change.ts';
import type { FieldDifference } from './field-diff.ts';
import { type Gap, tellGap } from './gap.ts';

/** Fields of one write: a write that is larger is told in part. */
const fieldsMax = 100;

/** The last state of one object: what is compared, and what tells who wrote it. */
export interface Held {
  readonly view: JsonObject;
  readonly object: JsonObject;
}

/** What changes are told with. `hiddenBy` names the key of the view's digests. */
export interface ChangeTellerDeps {
  readonly hiddenBy: string;
  readonly clock: Clock;
  /** `origin` names the write, the same in every replica that watches. */
  readonly record: (changes: ChangeData, origin: string) => Promise<void>;
  /** What was recorded of the collection's objects since then. */
  readonly recorded: (since: Instant) => Promise<readonly FieldChange[]>;
}

/** Set on what was found after a time without a watch. */
export interface Unwatched {
  readonly unwatchedSince?: Instant;
}

/** Puts what changed of a collection into the records, as the changes of one write each. */
export const createChangeTeller = (ref: Omit<ObjectRef, 'name'>, deps: ChangeTellerDeps) => {
  const put = async (changes: readonly FieldChange[], origin: string): Promise<boolean> => {
    if (changes.length > 0) await deps.record({ kind: 'change', changes }, origin);
    return changes.length > 0;
  };
  return {
    /** Whether there was anything to tell. */
    written: (
      object: JsonObject,
      fields: readonly FieldDifference[],
      { before, ...gap }: Unwatched & { readonly before: Held | undefined },
    ): Promise<boolean> => {
      const path = fields[0]?.path ?? '';
      const author = authorOf({ before: before?.object, after: object, path, seenAt: deps.clock.now() });
      const rest = { ...author, ...gap, object: { ...ref, name: textAt(object, 'metadata', 'name') } };
      const changes = fields.slice(0, fieldsMax).map((field) => fieldChange(field, rest));
      return put(changes, `${textAt(object, 'metadata', 'uid')}.${textAt(object, 'metadata', 'resourceVersion')}`);
    },
    deleted: (name: string, before: Held, gap: Unwatched): Promise<boolean> => {
      // Nobody signs a deletion: managedFields tell who wrote the object, not who removed it.
      const rest = { manager: 'unknown', at: deps.clock.now(), ...gap, object: { ...ref, name } };
      const change = fieldChange({ path: '', before: before.view }, rest);
      return put([change], `${textAt(before.object, 'metadata', 'uid')}.deleted`);
    },
    /** What differs from what was seen before the process ended. */
    missed: async (sighting: Sighting, now: Gap['now']): Promise<void> => {
      // Authors' times are whole seconds.
      const since = new Date(Math.floor(Date.parse(sighting.seenAt) / 1_000) * 1_000).toISOString();
      const recorded = await deps.recorded(since);
      const { hiddenBy, clock } = deps;
      const changes = tellGap({ ref, sighting, now, seenAt: clock.now(), hiddenBy, recorded });
      for (const { data, origin } of changes) await deps.record(data, origin);
    },
  };
};
