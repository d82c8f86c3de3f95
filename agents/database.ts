import { detectors } from '../src/analysis/detectors.ts';
import type { Specialist } from '../src/ports/specialist.ts';
import { createSpecialist, type SpecialistTools } from './specialist.ts';

const toldMax = 8;

const named = (stores: readonly string[]): string =>
  stores.length <= toldMax
    ? stores.join(', ')
    : `${stores.slice(0, toldMax).join(', ')} and ${stores.length - toldMax} more`;

/** Asks whether the data stores still take their clients. */
export const createDatabaseAgent = (tools: SpecialistTools): Specialist =>
  createSpecialist(
    {
      discipline: 'database',
      name: 'DatabaseAgent',
      detectors: detectors.database,
      needs: ['metrics', 'logs', 'topology'],
      wellness: ({ readings }) => {
        const stores = readings.filter(({ data }) => data.signal === 'connections').map(({ data }) => data.workload);
        return stores.length === 0
          ? 'Looked for data stores: none reports its connections, and no log says that clients are refused.'
          : `Looked at ${named(stores)}: connections are below their limit, and no log says that clients are refused.`;
      },
    },
    tools,
  );
