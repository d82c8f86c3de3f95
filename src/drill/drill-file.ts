import { z } from 'zod';
import type { Json } from '../domain/json.ts';
import { readFieldPath } from './field-path.ts';

const word = z.string().min(1).max(253);
const seconds = z.number().min(0).max(3600);
const json: z.ZodType<Json> = z.json();
const objectShape = { apiVersion: word, kind: word, namespace: word.optional(), name: word };

const manifest = z.looseObject({
  apiVersion: word,
  kind: word,
  metadata: z.looseObject({ name: word, namespace: word.optional() }),
});

const bodyFits = ({ type, body }: { readonly type: string; readonly body: Json }): boolean =>
  type === 'json' ? Array.isArray(body) : typeof body === 'object' && body !== null && !Array.isArray(body);

const patch = z
  .strictObject({ ...objectShape, type: z.enum(['strategic', 'merge', 'json']).default('strategic'), body: json })
  .refine(bodyFits, { path: ['body'], error: 'must be a list of operations for type json, else an object' });

/** The object itself, or the object under `object`: both ways of writing it are plain to a reader. */
const create = z.preprocess(
  (value) => (typeof value === 'object' && value !== null && 'object' in value ? value.object : value),
  manifest,
);

const injectNames = ['patch', 'create', 'delete', 'chaos', 'wait'] as const;

const inject = z
  .strictObject({
    patch: patch.optional(),
    create: create.optional(),
    delete: z.strictObject(objectShape).optional(),
    chaos: z.looseObject({ fault: word, workload: word.optional() }).optional(),
    wait: z.strictObject({ seconds }).optional(),
  })
  .refine((entry) => Object.keys(entry).length === 1, {
    error: `must be exactly one of ${injectNames.join(', ')}`,
    abort: true,
  });

const texts = z.record(z.string(), z.coerce.string());

const alert = z.looseObject({
  labels: texts.refine((labels) => Object.keys(labels).length > 0, 'must hold at least one label'),
  annotations: texts.default({}),
  afterSeconds: seconds.default(3),
  resolved: z.strictObject({ afterSeconds: seconds.optional(), when: z.literal('proposal').optional() }).optional(),
});

const field = z
  .strictObject({
    object: z.strictObject(objectShape),
    path: z
      .string()
      .default('')
      .refine((path) => readFieldPath(path) !== null, 'is neither a JSON pointer nor a dotted path'),
    equals: json.optional(),
    absent: z.literal(true).optional(),
  })
  .refine((entry) => (entry.equals === undefined) !== (entry.absent === undefined), {
    error: 'must have either equals or absent: true',
  });

const expectation = z.strictObject({
  outcome: z.enum(['resolved', 'escalated', 'no_action']),
  cause: z.strictObject({ workload: word, fault: word }).optional(),
  fields: z.array(field).max(100).default([]),
  writesMax: z.number().int().min(0).optional(),
});

/** The form of a drill.yaml. */
export const drillShape = z.looseObject({
  name: word,
  description: z.string().optional(),
  inject: z.array(inject).max(100),
  alert: z.union([alert, z.array(alert).min(1).max(20)]).transform((one) => (Array.isArray(one) ? one : [one])),
  expect: expectation,
  timeoutSeconds: z.number().min(1).max(3600).default(180),
});

/** One rehearsal, as its file says it, with every default filled in. */
export type Drill = z.infer<typeof drillShape>;

/** One step of breaking things: exactly one member is set. */
export type Inject = Drill['inject'][number];

/**
 * One alert of a drill; `afterSeconds` counts from the last injection. With `resolved` its sender takes it back by itself:
 * some seconds after it was sent, or as soon as a proposal waits.
 */
export type DrillAlert = Drill['alert'][number];

/** A check of one field after the incident. */
export type FieldExpectation = Drill['expect']['fields'][number];

/** What names an object in a drill; without a namespace that of the incident is meant, where the kind has one. */
export type DrillObject = FieldExpectation['object'];

const known: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(drillShape.shape),
  alert: Object.keys(alert.shape),
};

const unknownKeys = (value: unknown, where: string): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.keys(value)
        .filter((key) => known[where]?.includes(key) !== true)
        .map((key) => (where === '' ? key : `${where}.${key}`));

/** Keys that mean nothing here: a slip of the pen, or a note of the author's. */
export const ignoredKeys = (drill: Drill): readonly string[] => [
  ...unknownKeys(drill, ''),
  ...drill.alert.flatMap((one) => unknownKeys(one, 'alert')),
];
