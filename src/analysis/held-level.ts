import type { Reading, Scene } from './scene.ts';
import { isTrouble, within } from './shift.ts';

/** What a signal reached in the window, in its unit. */
export interface Reached {
  /** The highest level that at least two points reached: one point may be a slip of the measurement. */
  readonly held: number;
  readonly peak: number;
}

/** What a reading reached in the incident's window. A fault that came or went within it moves no median, but it is held. */
export const reachedIn = (scene: Scene, { data }: Reading): Reached => {
  const sorted = within(data.points, scene.context.window)
    .map(([, value]) => value)
    .toSorted((left, right) => right - left);
  const peak = sorted[0] ?? 0;
  return { held: sorted[1] ?? peak, peak };
};

/** Whether the level that a reading held lies above what was ordinary, and is trouble there. */
export const heldTrouble = (scene: Scene, reading: Reading): boolean => {
  const { band } = reading.shift;
  if (band === undefined) return false;
  const held = reachedIn(scene, reading).held > band.high;
  return held && isTrouble(reading.data.signal, { ...reading.shift, standing: 'high' });
};
