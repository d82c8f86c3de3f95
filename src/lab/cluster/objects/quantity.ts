/** The exponent of each suffix that a quantity may carry, as a factor. */
const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The words of the real server for text that is no quantity. */
export const badQuantity =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** The number that a quantity such as `250m`, `1.5Gi` or `2e3` stands for, in its base unit; null when it is none. */
export const parseQuantity = (value: unknown): number | null => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(value);
  if (parts === null) return null;
  const [, digits = '', exponent = '', suffix = ''] = parts;
  return Number(digits + exponent) * (factors[suffix] ?? 1);
};

const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

/** The largest suffix that leaves a whole number: `1536Mi`, not `1.5Gi`. */
const wholeIn = (amount: number, suffixes: readonly string[]): string | null => {
  for (const suffix of suffixes.toReversed()) {
    const factor = factors[suffix] ?? 1;
    const scaled = amount / factor;
    const whole = Math.round(scaled);
    // Only rounding of the division is forgiven.
    const isWhole = Math.abs(scaled - whole) < 1e-13 * Math.abs(whole);
    if (isWhole && whole !== 0) return `${whole}${suffix}`;
  }
  return null;
};

/** A quantity as the API server writes it back: `0.5` becomes `500m`, `1000m` becomes `1`, `1024Mi` becomes `1Gi`. Text that is none stays. */
export const canonicalQuantity = (value: unknown): unknown => {
  const amount = parseQuantity(value);
  if (amount === null || /\d[eE][+-]?\d/.test(String(value))) return value;
  if (amount === 0) return '0';
  return wholeIn(amount, String(value).endsWith('i') ? binary : decimal) ?? value;
};
