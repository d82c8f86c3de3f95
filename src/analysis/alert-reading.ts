import type { Severity } from '../domain/alert.ts';
import { limits } from '../limits.ts';

const severities: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  page: 'critical',
  emergency: 'critical',
  error: 'critical',
  high: 'critical',
  warning: 'warning',
  warn: 'warning',
  info: 'info',
  none: 'info',
  low: 'info',
};

/** The severity that a word of any dialect means; unknown words are `warning`. */
export const severityOf = (word: string | undefined): Severity => severities[(word ?? '').toLowerCase()] ?? 'warning';

/** Foreign text without control characters, cut to the bound of a label's value. */
export const boundedText = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what must go
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, ' ').slice(0, limits.labelCharsMax);

/** The first problem of a refused shape, with the path to it. */
export const shapeProblem = (error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): string => {
  const issue = error.issues[0];
  if (issue === undefined) return 'the shape is not right';
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
};
