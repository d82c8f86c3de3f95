import type { Signal } from '../domain/evidence.ts';
import { heldTrouble } from './held-level.ts';
import type { Reading, Scene } from './scene.ts';
import { isTrouble } from './shift.ts';
import { callersOf, upstreamOf } from './topology.ts';

/** The error ratios that show harm to those who call the workload: on the very edge where it was measured, else the caller's own. */
export const sufferingCallers = (scene: Scene, workload: string): readonly Reading[] =>
  callersOf(scene.topology, workload).flatMap((caller) => {
    const reading = scene.edge(caller, workload, 'error_ratio') ?? scene.reading(caller, 'error_ratio');
    return reading !== undefined && isTrouble(reading.data.signal, reading.shift) ? [reading] : [];
  });

/**
 * The first signal of one of these kinds that rose with somebody who needs the workload, directly or through others, itself included:
 * that its trouble is felt.
 */
export const feltAs = (scene: Scene, workload: string, signals: readonly Signal[]): Reading | undefined =>
  [...upstreamOf(scene.topology, workload).keys()]
    .flatMap((name) => signals.map((signal) => scene.reading(name, signal)))
    .find((reading) => reading !== undefined && heldTrouble(scene, reading));
