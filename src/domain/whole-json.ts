/** Half a character (a text that was cut in the middle of one, or never was whole) replaced by the sign for it. */
export const wholeText = (text: string): string => text.replace(/\p{Cs}/gu, '\ufffd');

const halfCharacter = /\\ud[89a-f]/i;

/**
 * A value as a store gives it back: plain JSON of whole characters, what has no form in JSON as null. Half a character has
 * no canonical form, so that one in a log line would otherwise stop whatever is to be hashed with it.
 */
export const wholeJson = <T>(value: T): T => {
  const text = JSON.stringify(value);
  // JSON spells half a character as an escape, so that a text without one needs no look at each of its values.
  if (!halfCharacter.test(text)) return JSON.parse(text) as T;
  return JSON.parse(text, (_key, inner: unknown) => (typeof inner === 'string' ? wholeText(inner) : inner)) as T;
};
