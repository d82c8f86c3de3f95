import { createTwoFilesPatch } from 'diff';
import { stringify } from 'yaml';
import type { JsonObject } from '../domain/json.ts';
import { type ObjectRef, shortName } from '../domain/workload.ts';

/** What a person need not see in a diff: bookkeeping that changes with every write. */
const bookkeeping = ['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink'];

const presentable = (object: JsonObject): string => {
  const { status: _status, metadata, ...rest } = object;
  const kept = Object.entries((metadata as JsonObject | undefined) ?? {}).filter(([key]) => !bookkeeping.includes(key));
  return stringify({ ...rest, metadata: Object.fromEntries(kept) }, { sortMapEntries: true, lineWidth: 0 });
};

/** Unified diff of the objects' YAML, two lines of context, bookkeeping left out. */
export const diffOf = (target: ObjectRef, before: JsonObject, after: JsonObject): string => {
  const name = shortName(target);
  const patch = createTwoFilesPatch(name, name, presentable(before), presentable(after), '', '', { context: 2 });
  return patch
    .split('\n')
    .filter((line) => !/^(Index: |={5,}|\\ No newline)/.test(line))
    .join('\n')
    .trim();
};
