import { createHmac } from 'node:crypto';
import { hiddenValue } from '../../domain/hidden-value.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { isJsonObject, objectAt, textAt, textsAt } from '../../domain/json-read.ts';

/** What the flight recorder keeps of an object: the fields that people and controllers mean, without secrets. */
export type RecordedView = (object: JsonObject) => JsonObject;

/** Annotations that machines write as book-keeping. */
const noise =
  /^(deployment\.kubernetes\.io\/|sre\.ai4all\.dev\/|pv\.kubernetes\.io\/|volume\.|autoscaling\.alpha\.)|last-applied-configuration$|\/leader$|last-change-trigger-time$|template\.generation$/;

const smellsOfSecret =
  /passw(or)?d|secret|token|credential|api[-_]?key|private[-_]?key|access[-_]?key|\bdsn\b|(^|_)auth(_|$)/i;

/** `scheme://user:password@host`: the part that must not be shown. */
const userInfo = /(:\/\/[^/\s:@]*:)([^@/\s]+)(@)/g;

const secretFlag = /^(--?[\w-]*(?:passw(?:or)?d|secret|token|credential|api-?key)[\w-]*[= ])(.+)$/is;

/** Names a key without telling it: values that another key has hidden cannot be compared. */
export const keyName = (digestKey: string): string =>
  createHmac('sha256', digestKey).update('the name of this key').digest('hex').slice(0, 16);

const withoutKeys = (object: JsonObject, dropped: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !dropped.includes(key)));

/**
 * Makes the view. Values of Secrets, of variables and keys that smell of secrets, and passwords in addresses become a keyed digest:
 * it shows that a value changed; without `digestKey` nobody can try guesses on it.
 */
export const createRecordedView = (digestKey: string): RecordedView => {
  const hide = (value: Json): string =>
    hiddenValue(createHmac('sha256', digestKey).update(JSON.stringify(value)).digest('hex').slice(0, 16));

  const maskedText = (text: string): string =>
    text
      .replace(userInfo, (_all, before: string, secret: string, after: string) => `${before}${hide(secret)}${after}`)
      .replace(secretFlag, (_all, flag: string, secret: string) => `${flag}${hide(secret)}`);

  const maskedMember = (owner: JsonObject, key: string, value: Json): Json => {
    const isNamedSecret = key === 'value' && smellsOfSecret.test(textAt(owner, 'name'));
    const isSecretText = typeof value === 'string' && (isNamedSecret || smellsOfSecret.test(key));
    return isSecretText && !namesOnly.has(key) ? hide(value) : masked(value);
  };

  const masked = (value: Json): Json => {
    if (typeof value === 'string') return maskedText(value);
    if (Array.isArray(value)) return value.map(masked);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, maskedMember(value, key, member)]));
  };

  const contentOf = (object: JsonObject): JsonObject => {
    const content = withoutKeys(object, ['apiVersion', 'kind', 'metadata', 'status']);
    if (textAt(object, 'kind') !== 'Secret') return objectAt(masked(content));
    const hidden = Object.entries(objectAt(object, 'data')).map(([key, value]) => [key, hide(value)]);
    return { type: textAt(object, 'type'), data: Object.fromEntries(hidden) };
  };

  const annotationsOf = (object: JsonObject): JsonObject =>
    objectAt(
      masked(
        Object.fromEntries(
          Object.entries(textsAt(object, 'metadata', 'annotations')).filter(([key]) => !noise.test(key)),
        ),
      ),
    );

  return (object) => ({
    metadata: { labels: objectAt(object, 'metadata', 'labels'), annotations: annotationsOf(object) },
    ...contentOf(object),
  });
};

/** Fields whose key smells of secrets but whose value is only the name of an object. */
const namesOnly: ReadonlySet<string> = new Set(['secretName', 'imagePullSecrets', 'serviceAccountToken', 'tokenPath']);
