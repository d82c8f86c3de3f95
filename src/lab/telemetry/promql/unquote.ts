const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const sequence = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gs;

/** The text of a quoted literal, by Go's rules: backquotes are raw, the other quotes know escapes. */
export const unquote = (literal: string): string => {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  return inner.replace(sequence, (...match: readonly (string | undefined)[]) => {
    const [, byte, short, long, octal, single] = match;
    const hex = byte ?? short ?? long;
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    return escapes[single ?? ''] ?? single ?? '';
  });
};
