import type { JsonObject } from '../slack-objects.ts';

/** The few words of JSON Schema in which Slack's limits are written down. Lengths are in characters, inclusive. */
export const words = {
  text: (max: number, min = 1): JsonObject => ({ type: 'string', minLength: min, maxLength: max }),
  flag: { type: 'boolean' },
  number: { type: 'number' },
  oneOf: (...values: readonly string[]): JsonObject => ({ enum: values }),
  url: { type: 'string', maxLength: 3000, pattern: '^[A-Za-z][A-Za-z0-9+.-]*:[^\\s]+$' },
  list: (items: JsonObject, bounds: { readonly max: number; readonly min?: number }): JsonObject => ({
    type: 'array',
    items,
    minItems: bounds.min ?? 1,
    maxItems: bounds.max,
  }),
} as const;

/** An object with exactly these members. */
export const shape = (required: JsonObject, optional: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties: { ...required, ...optional },
  required: Object.keys(required),
  additionalProperties: false,
  ...more,
});

/** One of some shapes, told apart by their `type`. */
export const typed = (shapes: Readonly<Record<string, JsonObject>>): JsonObject => ({
  type: 'object',
  discriminator: { propertyName: 'type' },
  required: ['type'],
  oneOf: Object.entries(shapes).map(([type, schema]) => ({
    ...schema,
    properties: { type: { const: type }, ...(schema.properties as JsonObject) },
  })),
});

/** Some entries of a table. */
export const pick = <T>(table: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(table).filter(([name]) => names.includes(name)));

const plain = (max: number) => shape({ text: words.text(max) }, { emoji: words.flag });
const mrkdwn = (max: number) => shape({ text: words.text(max) }, { verbatim: words.flag });

/** A `plain_text` object. */
export const plainText = (max: number): JsonObject => typed({ plain_text: plain(max) });

/** A `plain_text` or `mrkdwn` object. */
export const anyText = (max: number): JsonObject => typed({ plain_text: plain(max), mrkdwn: mrkdwn(max) });

/** The two text objects, to be mixed with other shapes. */
export const textShapes = (max: number): Readonly<Record<string, JsonObject>> => ({
  plain_text: plain(max),
  mrkdwn: mrkdwn(max),
});
