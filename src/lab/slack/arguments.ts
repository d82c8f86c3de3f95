import { refuse, refuseWith } from './refusal.ts';
import { isObject, type JsonObject } from './slack-objects.ts';

/** A method's arguments, whichever way they were sent: form fields hold JSON as text and booleans as words. */
export interface Arguments {
  has(name: string): boolean;
  text(name: string): string | undefined;
  /** As `text`; refuses with `invalid_arguments` when missing. */
  need(name: string): string;
  flag(name: string): boolean;
  /** A positive whole number, at most `max`; `fallback` when missing or nonsense. */
  count(name: string, bounds: { readonly fallback: number; readonly max: number }): number;
  object(name: string): JsonObject | undefined;
  objects(name: string): readonly JsonObject[] | undefined;
  all(): JsonObject;
}

const parsed = (name: string, value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return refuse(name === 'blocks' ? 'invalid_blocks_format' : 'invalid_arguments');
  }
};

/** Reads arguments leniently where Slack is lenient, and refuses where Slack refuses. */
export const createArguments = (record: JsonObject): Arguments => {
  const given = (name: string): unknown => (record[name] === '' || record[name] === null ? undefined : record[name]);
  const text = (name: string): string | undefined => {
    const value = given(name);
    return value === undefined ? undefined : String(value);
  };
  return {
    has: (name) => given(name) !== undefined,
    text,
    need: (name) => text(name) ?? refuseWith('invalid_arguments', [`[ERROR] missing required field: ${name}`]),
    flag: (name) => ['true', '1'].includes(String(given(name))),
    count: (name, bounds) => {
      const value = Number(given(name));
      return Number.isInteger(value) && value > 0 ? Math.min(value, bounds.max) : bounds.fallback;
    },
    object: (name) => {
      const value = parsed(name, given(name));
      if (value === undefined || isObject(value)) return value;
      return refuseWith('invalid_arguments', [`[ERROR] must provide an object [json-pointer:/${name}]`]);
    },
    objects: (name) => {
      const value = parsed(name, given(name));
      if (value === undefined) return undefined;
      if (Array.isArray(value) && value.every(isObject)) return value;
      return refuse(name === 'blocks' ? 'invalid_blocks_format' : 'invalid_arguments');
    },
    all: () => record,
  };
};
