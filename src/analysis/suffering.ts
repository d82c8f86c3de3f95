import type { Reading, Scene } from './scene.ts';
import { isTrouble } from './shift.ts';
import { callersOf } from './topology.ts';

/** The error ratios that show harm to those who call the workload: on the very edge where it was measured, else the caller's own. */
export const sufferingCallers = (scene: Scene, workload: string): readonly Reading[] =>
  callersOf(scene.topology, workload).flatMap((caller) => {
    const reading = scene.edge(caller, workload, 'error_ratio') ?? scene.reading(caller, 'error_ratio');
    return reading !== undefined && isTrouble(reading.data.signal, reading.shift) ? [reading] : [];
  });
