import type { Json } from './json.ts';
import { type JsonKey, valueAt } from './json-read.ts';

/** A JSON pointer (RFC 6901) from its unescaped steps. */
export const pointerOf = (...keys: readonly JsonKey[]): string =>
  keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The unescaped steps of a JSON pointer; none for the whole document. */
export const stepsOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const keyFor = (parent: Json | undefined, step: string): JsonKey =>
  Array.isArray(parent) && /^(0|[1-9]\d*)$/.test(step) ? Number(step) : step;

/** What a JSON pointer finds in a value; undefined when it finds nothing. Never throws. */
export const resolvePointer = (value: Json, pointer: string): Json | undefined =>
  stepsOf(pointer).reduce<Json | undefined>((parent, step) => valueAt(parent, keyFor(parent, step)), value);
