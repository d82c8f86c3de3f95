/** Half a character (a text that was cut in the middle of one, or never was whole) replaced by the sign for it. */
export const wholeText = (text: string): string => text.replace(/\p{Cs}/gu, '\ufffd');

/**
 * A value as a store gives it back: plain JSON of whole characters, what has no form in JSON as null. Half a character has
 * no canonical form, so that one in a log line would otherwise stop whatever is to be hashed with it.
 */
export const wholeJson = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (_key, inner: unknown) =>
    typeof inner === 'string' ? wholeText(inner) : inner,
  ) as T;
