import type { Specialist } from '../src/ports/specialist.ts';
import { createComputeAgent } from './compute.ts';
import { createDatabaseAgent } from './database.ts';
import { createNetworkAgent } from './network.ts';
import type { SpecialistTools } from './specialist.ts';

export { createDirector } from './director.ts';

/** The specialists on the shelf, in the order in which the thread names them. */
export const createSpecialists = (tools: SpecialistTools): readonly Specialist[] => [
  createNetworkAgent(tools),
  createDatabaseAgent(tools),
  createComputeAgent(tools),
];
