import type { Thresholds } from '../../src/analysis/thresholds.ts';
import { diagnoseCase, type SourceName, type TimedDiagnosis, without } from './diagnose-case.ts';
import type { Prediction, RecordedCase, RecordedSet } from './recorded-set.ts';

/** What the bot made of one recorded case. */
export interface Result {
  readonly id: string;
  readonly predictions: readonly Prediction[];
  readonly diagnosis: TimedDiagnosis;
}

/** How cases are replayed: which sources are taken away, and with which thresholds. */
export interface Manner {
  readonly without: readonly SourceName[];
  readonly thresholds?: Thresholds;
}

/** Diagnoses an opened case. */
export const diagnosed = (opened: RecordedCase, { without: gone, thresholds }: Manner): Promise<TimedDiagnosis> =>
  diagnoseCase({ ...opened, senses: gone.reduce(without, opened.senses), thresholds });

/** Replays every case of a set. */
export const replay = async (set: RecordedSet, manner: Manner): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const id of set.ids) {
    const diagnosis = await diagnosed(set.open(id), manner);
    results.push({ id, predictions: set.predictions(diagnosis), diagnosis });
  }
  return results;
};
