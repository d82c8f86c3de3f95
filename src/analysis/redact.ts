const mask = '[masked]';

/** One kind of secret: what it looks like and what stays of it. Every repetition is bounded, so that no line can stall the bot. */
interface Rule {
  /** What every such secret holds, cheap to look for: most lines hold none of it. */
  readonly sign: RegExp;
  readonly pattern: RegExp;
  readonly replacement: string;
}

const secretWord =
  '(?:password|passwd|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|credential|authorization)';

const rules: readonly Rule[] = [
  // The end marker is optional: a log line is often cut before it.
  {
    sign: /-----BEGIN/,
    pattern: /-----BEGIN [A-Z0-9 ]{0,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g,
    replacement: mask,
  },
  { sign: /eyJ/, pattern: /\beyJ[\w-]{4,}\.[\w-]{4,}(?:\.[\w-]*)?/g, replacement: mask },
  { sign: /bearer|basic/i, pattern: /\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, replacement: `$1 ${mask}` },
  {
    sign: /:\/\//,
    pattern: /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@]{0,200}:[^\s/]{0,200}@/gi,
    replacement: `$1${mask}@`,
  },
  {
    sign: /A[A-Z3]/,
    pattern: /\b(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA)[A-Z0-9]{16}\b/g,
    replacement: mask,
  },
  { sign: /x(?:ox|app)/, pattern: /\bx(?:ox[a-z]|app)-[\w-]{6,}/g, replacement: mask },
  { sign: /hooks/, pattern: /\bhooks\.slack\.com\/[\w/-]{6,}/g, replacement: mask },
  {
    sign: /gh[a-z]_|github_pat_|glpat-|sk-|npm_/,
    pattern: /\b(?:gh[a-z]_|github_pat_|glpat-|sk-|npm_)[\w-]{16,}/g,
    replacement: mask,
  },
  {
    sign: new RegExp(secretWord, 'i'),
    pattern: new RegExp(
      `([\\w.-]{0,40}${secretWord}[\\w.-]{0,40}["']?\\s{0,3}[:=]\\s{0,3})(?:"[^"]*"?|'[^']*'?)`,
      'gi',
    ),
    replacement: `$1"${mask}"`,
  },
  {
    sign: new RegExp(secretWord, 'i'),
    pattern: new RegExp(`([\\w.-]{0,40}${secretWord}[\\w.-]{0,40}["']?\\s{0,3}[:=]\\s{0,3})[^\\s"',;&}]+`, 'gi'),
    replacement: `$1${mask}`,
  },
];

/** Bits per character (Shannon, 1948). */
const entropyOf = (text: string): number => {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / text.length;
    return sum - share * Math.log2(share);
  }, 0);
};

const isMixed = (word: string): boolean => /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
const longHex = /^[0-9a-f]{40,}$/i;

// Pod names, UUIDs and trace ids are kept: they are in one case or shorter, and people search for them.
const looksRandom = (word: string): boolean => longHex.test(word) || (isMixed(word) && entropyOf(word) > 3.8);

// A word is only looked at from where it begins: from each of its letters anew would cost the square of its length.
const longWord = /(?:(sha256:)|(?<![A-Za-z0-9+/_=-]))([A-Za-z0-9+/_=-]{24,})/g;

const maskRandom = (text: string): string =>
  text.replace(longWord, (whole: string, digest: string | undefined, word: string) =>
    digest === undefined && looksRandom(word) ? mask : whole,
  );

/** The text with everything that looks like a secret replaced by `[masked]`. Idempotent; safe on any text. */
export const redact = (text: string): string =>
  maskRandom(
    rules.reduce(
      (kept, { sign, pattern, replacement }) => (sign.test(kept) ? kept.replace(pattern, replacement) : kept),
      text,
    ),
  );
