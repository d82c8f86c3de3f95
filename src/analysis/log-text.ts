import type { LogPattern } from '../domain/evidence.ts';

/** What a log line says, freed from its envelope, and how loudly. */
export interface LogText {
  readonly message: string;
  readonly level: LogPattern['level'];
}

const levels: readonly (readonly [RegExp, LogPattern['level']])[] = [
  [/^(fatal|panic|crit(ical)?|emerg(ency)?|alert|err(or)?|severe|fail)/i, 'error'],
  [/^warn(ing)?/i, 'warning'],
  [/^(info(rmation(al)?)?|notice|debug|trace|verbose)/i, 'info'],
];

const levelNamed = (word: unknown): LogPattern['level'] | undefined =>
  typeof word === 'string' ? levels.find(([pattern]) => pattern.test(word))?.[1] : undefined;

const errorWords =
  /\b(fatal|panic(ked)?|critical|error|exception|traceback|fail(ed|ure)?|refused|denied|timed? ?out|unreachable|oom|killed|cannot|can't|unable)\b/i;
const warningWords = /\b(warn(ing)?|deprecated|retry(ing)?|slow)\b/i;

/** How loud a text sounds by its words. */
export const levelOfText = (text: string): LogPattern['level'] => {
  const named = /\b(?:level|severity|lvl)["']?\s?[=:]\s?["']?([a-z]+)/i.exec(text)?.[1];
  const known = levelNamed(named);
  if (known !== undefined) return known;
  if (errorWords.test(text)) return 'error';
  return warningWords.test(text) ? 'warning' : 'info';
};

const parsed = (line: string): Record<string, unknown> | undefined => {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // half a JSON object is plain text
  }
};

const firstText = (record: Record<string, unknown>, names: readonly string[]): string | undefined =>
  names.map((name) => record[name]).find((value): value is string => typeof value === 'string' && value !== '');

/** Takes one log line out of its envelope: structured loggers' JSON gives its message, its error and the level that it names; plain text stands for itself. */
export const openLogText = (
  line: string,
): { readonly message: string; readonly named: LogText['level'] | undefined } => {
  const text = line.trim();
  const record = parsed(text);
  const message = record === undefined ? undefined : firstText(record, ['message', 'msg', 'log', 'event']);
  if (record === undefined || message === undefined) return { message: text, named: undefined };
  const trouble = firstText(record, ['error', 'err', 'exception']);
  return {
    message: trouble === undefined ? message : `${message}: ${trouble}`,
    named: levelNamed(firstText(record, ['severity', 'level', 'lvl', 'levelname'])),
  };
};
