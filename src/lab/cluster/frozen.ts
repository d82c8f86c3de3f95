/** A JSON object inside a Kubernetes object, read without knowing its kind. */
export type JsonMap = { readonly [key: string]: unknown };

/** Narrows to a JSON object: not null, not a list. */
export const isMap = (value: unknown): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as a JSON object, or an empty one: readers walk optional fields with it. */
export const mapOf = (value: unknown): JsonMap => (isMap(value) ? value : {});

/** The value as a list, or an empty one. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
};

/** A deeply frozen JSON copy: undefined members are dropped, as on the wire; the original stays as it was. */
export const frozenCopy = <T>(value: T): T => {
  const copy: T = JSON.parse(JSON.stringify(value));
  freeze(copy);
  return copy;
};
