import type { Context } from '../domain/context.ts';
import type { FieldChange } from '../domain/evidence.ts';
import { onsetOf } from './onset.ts';
import type { Reading } from './scene.ts';
import { isTrouble, within } from './shift.ts';
import { signalTraits } from './signal-trait.ts';

/** Signals are measured some time after what they show: a change so long after the first harm may still be behind it. */
const measuredLateMs = 60_000;

/** When the first signal that is in trouble now left its quiet level, in epoch ms; undefined when no signal tells. */
export const firstHarmMs = (readings: readonly Reading[], { window, baseline }: Context): number | undefined => {
  const onsets = readings
    .filter(({ data, shift }) => isTrouble(data.signal, shift))
    .flatMap(
      ({ data }) =>
        onsetOf(within(data.points, baseline), within(data.points, window), signalTraits[data.signal].floor) ?? [],
    );
  return onsets.length === 0 ? undefined : Math.min(...onsets) * 1_000;
};

/**
 * Changes in the order of suspicion: those nearest before the first harm first, then those that came after it, which it cannot
 * come from: they are what people did about it, or another trouble. What was changed while nobody watched may have been before.
 */
export const suspectsFirst = <T>(
  changes: readonly T[],
  changeOf: (item: T) => Pick<FieldChange, 'at' | 'unwatchedSince'>,
  harmMs: number | undefined,
): readonly T[] => {
  const isLate = (item: T): boolean => {
    const { at, unwatchedSince } = changeOf(item);
    return harmMs !== undefined && Date.parse(unwatchedSince ?? at) > harmMs + measuredLateMs;
  };
  return changes.toSorted(
    (left, right) => Number(isLate(left)) - Number(isLate(right)) || (changeOf(left).at < changeOf(right).at ? 1 : -1),
  );
};
