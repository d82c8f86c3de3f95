import { detectors } from '../src/analysis/detectors.ts';
import { seenOf } from '../src/analysis/scene.ts';
import { counted } from '../src/domain/counted.ts';
import type { Specialist } from '../src/ports/specialist.ts';
import { createSpecialist, type SpecialistTools } from './specialist.ts';

/** Asks what lies between workloads: delays on an edge, and Services that lead past their pods. */
export const createNetworkAgent = (tools: SpecialistTools): Specialist =>
  createSpecialist(
    {
      discipline: 'network',
      name: 'NetworkAgent',
      detectors: detectors.network,
      needs: ['metrics', 'traces', 'services', 'workloads', 'topology'],
      wellness: ({ context, readings }) => {
        const services = seenOf(context.evidence, 'service').length;
        const edges = new Set(readings.flatMap(({ data }) => (data.edge ? [`${data.edge.from}>${data.edge.to}`] : [])))
          .size;
        return `Looked at ${counted(edges, 'call edge')} and ${counted(services, 'service')}: no edge waits longer than its callee accounts for, and no service leads past its ready pods.`;
      },
    },
    tools,
  );
