import { type FaultName, faults } from '../domain/fault.ts';

/**
 * Text from outside inside Markdown: one line, nothing that could become markup, HTML, a link or a mention. Where an escape
 * would be undone by who renders it (links, mentions) a look-alike stands instead.
 */
export const plain = (text: string): string =>
  text
    .replace(/[\p{Cf}\p{Cs}]+/gu, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/@(?=[\p{L}\p{N}_-])/gu, '\uff20')
    .replace(/:(?=\/\/)/g, '\u2236')
    .replace(/(www)\./gi, '$1\u2024')
    .replace(/[\\`*_{}[\]<>#|~&!]/g, '\\$&')
    .trim();

/** A cause in words, its foreign names made harmless. */
export const causeText = (cause: {
  readonly workload: string;
  readonly fault: FaultName;
  readonly component?: string;
}): string =>
  cause.fault === 'none'
    ? faults.none.title
    : `${faults[cause.fault].title} of ${plain(cause.workload)}${cause.component === undefined ? '' : ` (${plain(cause.component)})`}`;
