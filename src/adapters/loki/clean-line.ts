import { limits } from '../../limits.ts';

/** Colours and cursor moves that programs print for terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const terminalSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** Control characters but the tab; also the marks that turn the direction of text, which can disguise what a line says. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A log line without terminal sequences and control characters, at most `logLineCharsMax` long; a cut is shown by an ellipsis. */
export const cleanLine = (line: string): string => {
  // What is far beyond the bound need not be looked at.
  const near = line.slice(0, limits.logLineCharsMax * 4);
  const clean = near.replace(terminalSequences, '').replace(controls, ' ').trimEnd();
  if (clean.length <= limits.logLineCharsMax) return clean;
  // Half of a surrogate pair would not survive a store.
  return `${clean.slice(0, limits.logLineCharsMax - 1).replace(/[\ud800-\udbff]$/, '')}…`;
};
