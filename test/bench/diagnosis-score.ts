import { existsSync, readFileSync } from 'node:fs';
import type { Prediction } from './recorded-set.ts';

/** The right answer to a case, in the scorer's words, and the kind of trouble that it belongs to. */
export interface Answer {
  readonly want: string;
  readonly group: string;
  /** What was wrong, in the recording's own word. */
  readonly cause: string;
}

type Label = Readonly<Record<string, unknown>>;

const textOf = (label: Label, name: string): string => (typeof label[name] === 'string' ? label[name] : '');

/** A prediction as one text, so that answers can be compared. */
export const spoken = (prediction: Prediction): string =>
  typeof prediction === 'string' ? prediction : `${prediction.object} ${prediction.root_cause}`;

/** The answers of a set; none where its labels are kept back. */
export const readAnswers = (path: string): ReadonlyMap<string, Answer> | undefined => {
  if (!existsSync(path)) return undefined;
  const labels = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, Label>>;
  return new Map(
    Object.entries(labels).map(([id, label]) => [
      id,
      'root_cause' in label
        ? {
            want: `${textOf(label, 'fault_object')} ${textOf(label, 'root_cause')}`,
            group: textOf(label, 'category'),
            cause: textOf(label, 'root_cause'),
          }
        : { want: textOf(label, 'service'), group: textOf(label, 'fault_type'), cause: textOf(label, 'fault_type') },
    ]),
  );
};

/** The rank of the right answer among distinct ones, from 1; infinity when it is not among them. */
export const rankOf = (predictions: readonly Prediction[], want: string): number => {
  const index = [...new Set(predictions.map(spoken))].indexOf(want);
  return index === -1 ? Number.POSITIVE_INFINITY : index + 1;
};

/** Wilson's score interval of 95 %, in per cent (Wilson, JASA 1927). */
export const wilson = (hits: number, of: number): readonly [number, number] => {
  const z = 1.96;
  const share = hits / of;
  const scale = 1 + (z * z) / of;
  const mid = share + (z * z) / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  return [(100 * Math.max(0, mid - half)) / scale, (100 * Math.min(scale, mid + half)) / scale];
};

/** Shares of cases whose right answer is among the first one, three and five, in per cent. */
export interface Score {
  readonly cases: number;
  readonly at1: number;
  readonly at3: number;
  readonly at5: number;
  readonly interval: readonly [number, number];
}

/** Scores ranks. */
export const scoreOf = (ranks: readonly number[]): Score => {
  const hits = (max: number): number => ranks.filter((rank) => rank <= max).length;
  const share = (max: number): number => (100 * hits(max)) / ranks.length;
  return { cases: ranks.length, at1: share(1), at3: share(3), at5: share(5), interval: wilson(hits(1), ranks.length) };
};
