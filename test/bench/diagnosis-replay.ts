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
export const diagnosed = (recorded: RecordedCase, { without: gone, thresholds }: Manner): Promise<TimedDiagnosis> =>
  diagnoseCase({ ...recorded, senses: gone.reduce(without, recorded.senses), thresholds });

/** Opens a case; says why and goes on without it where that cannot be done. */
export const opened = (set: RecordedSet, id: string): RecordedCase | undefined => {
  try {
    return set.open(id);
  } catch (error) {
    console.log(`${set.name}, case ${id} is left out: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
};

/** Replays every case of a set that can be opened. */
export const replay = async (set: RecordedSet, manner: Manner): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const id of set.ids) {
    const recorded = opened(set, id);
    if (recorded === undefined) continue;
    const diagnosis = await diagnosed(recorded, manner);
    results.push({ id, predictions: set.predictions(diagnosis), diagnosis });
  }
  return results;
};
