import { limits } from '../limits.ts';
import { boundedLine, boundedText, hasControls, type Reading } from './alert-reading.ts';
import { tellingLabels } from './subject-labels.ts';

type Labels = Readonly<Record<string, string>>;

/** What a label's value says, or null where it holds no text: an object or a list is not asked to turn itself into one. */
const textIn = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
};

/** Assigned somewhere by accident this name would reach into every object. */
const isUsable = (name: string): boolean => name !== '' && name !== '__proto__';

const tellingFirst = (entries: readonly (readonly [string, unknown])[]): readonly (readonly [string, unknown])[] => {
  const known = new Set(tellingLabels);
  return [...entries.filter(([name]) => known.has(name)), ...entries.filter(([name]) => !known.has(name))];
};

const counted = (count: number, one: string, many: string): string =>
  count === 1 ? `One ${one}` : `${count.toLocaleString('en')} ${many}`;

const doubtsOf = (
  told: { readonly all: number; readonly cut: number; readonly unreadable: number; readonly controls: boolean },
  what: 'label' | 'annotation',
): readonly string[] => [
  ...(told.all > limits.labelsMax
    ? [`It came with ${told.all.toLocaleString('en')} ${what}s; ${limits.labelsMax} of them are kept.`]
    : []),
  ...(told.cut > 0 ? [`${counted(told.cut, `${what} was`, `${what}s were`)} too long and cut.`] : []),
  ...(told.unreadable > 0
    ? [`${counted(told.unreadable, `${what} held`, `${what}s held`)} no text under a usable name and is left out.`]
    : []),
  ...(told.controls ? [`Control characters were taken out of its ${what}s.`] : []),
];

/**
 * A sender's labels or annotations made safe to keep: texts only, each bounded and of whole characters, at most `labelsMax` of
 * them, those first that an alert is understood by. Never throws, whatever the record holds.
 */
export const foreignLabels = (
  record: Readonly<Record<string, unknown>>,
  what: 'label' | 'annotation',
): Reading<Labels> => {
  const entries = Object.entries(record);
  const texts = tellingFirst(entries)
    .map(([name, value]) => [boundedLine(name), textIn(value), name] as const)
    .filter(([name]) => isUsable(name))
    .flatMap(([name, text, sent]) => (text === null ? [] : [{ name, text, sent }]));
  const kept = texts.slice(0, limits.labelsMax);
  const told = {
    all: entries.length,
    cut: kept.filter(({ text, name, sent }) => text.length > limits.labelCharsMax || sent.length > name.length).length,
    unreadable: entries.length - texts.length,
    controls: kept.some(({ text, sent }) => hasControls(text) || hasControls(sent)),
  };
  return {
    value: Object.fromEntries(kept.map(({ name, text }) => [name, boundedText(text)])),
    doubts: doubtsOf(told, what),
  };
};
