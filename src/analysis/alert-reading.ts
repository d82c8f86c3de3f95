import type { Severity } from '../domain/alert.ts';
import { wholeText } from '../domain/whole-json.ts';
import { limits } from '../limits.ts';

const severities: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['page', 'critical'],
  ['emergency', 'critical'],
  ['error', 'critical'],
  ['high', 'critical'],
  ['warning', 'warning'],
  ['warn', 'warning'],
  ['info', 'info'],
  ['none', 'info'],
  ['low', 'info'],
]);

/** What was read of a foreign value, and what is doubtful about it, a sentence each. */
export interface Reading<T> {
  readonly value: T;
  readonly doubts: readonly string[];
}

const controls = /(?![\n\t])\p{Cc}/gu;

/** True when a text holds control characters other than line ends and tabs. */
export const hasControls = (text: string): boolean => text.search(controls) >= 0;

/** Foreign text of whole characters, without control characters, cut to the bound of a label's value. */
export const boundedText = (text: string, charsMax: number = limits.labelCharsMax): string =>
  // What is far beyond the bound need not be looked at.
  wholeText(text.slice(0, charsMax).replace(controls, ' '));

/** Foreign text as one line without blanks at its ends: a name, or a word that is quoted back. */
export const boundedLine = (text: string, charsMax: number = limits.labelNameCharsMax): string =>
  boundedText(text.slice(0, charsMax * 4))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, charsMax)
    .replace(/\p{Cs}/gu, '');

/** The severity that a word of any dialect means. No word counts as `warning`; an unknown one does too, with a doubt. */
export const severityOf = (word: string | undefined): Reading<Severity> => {
  const known = word === undefined ? 'warning' : severities.get(word.trim().toLowerCase());
  return known === undefined
    ? {
        value: 'warning',
        doubts: [`Its severity "${boundedLine(word ?? '', 40)}" is no known word and counts as warning.`],
      }
    : { value: known, doubts: [] };
};

const nameFallback = 'unnamed alert';

/** An alert's name as one line, or a stand-in with a doubt. */
export const alertNameOf = (text: string | undefined): Reading<string> => {
  const name = boundedLine(text ?? '');
  return name === '' ? { value: nameFallback, doubts: ['It has no name.'] } : { value: name, doubts: [] };
};

/** The first problem of a refused shape, with the path to it, bounded: the path may hold names from outside. */
export const shapeProblem = (error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): string => {
  const issue = error.issues[0];
  if (issue === undefined) return 'the shape is not right';
  const path = issue.path.map(String).join('.');
  return boundedLine(path === '' ? issue.message : `${path}: ${issue.message}`, limits.observationCharsMax);
};
