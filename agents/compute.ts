import { detectors } from '../src/analysis/detectors.ts';
import { seenOf } from '../src/analysis/scene.ts';
import { counted } from '../src/domain/counted.ts';
import type { Specialist } from '../src/ports/specialist.ts';
import { createSpecialist, type SpecialistTools } from './specialist.ts';

/** Asks whether the workloads run: images, crashes, memory, CPU and replicas. */
export const createComputeAgent = (tools: SpecialistTools): Specialist =>
  createSpecialist(
    {
      discipline: 'compute',
      name: 'ComputeAgent',
      detectors: detectors.compute,
      needs: ['workloads', 'metrics', 'traces', 'topology'],
      wellness: ({ context, readings }) => {
        const workloads = seenOf(context.evidence, 'workload').length;
        const signals = readings.filter(({ data }) => /^(cpu|memory|restarts)/.test(data.signal)).length;
        return `Looked at ${counted(workloads, 'workload')} and ${counted(signals, 'CPU, memory and restart signal')}: images are pulled, containers run, none is short of memory or CPU, and all have replicas.`;
      },
    },
    tools,
  );
