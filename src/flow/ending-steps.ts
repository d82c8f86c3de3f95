import type { Archive } from '../ports/archive.ts';
import type { MemoryShelf } from '../ports/memory-shelf.ts';
import { createConcludeStep } from './conclude.ts';
import { createRememberStep } from './investigate.ts';
import type { RoadTools } from './road.ts';
import { createWritePostMortemStep } from './write-post-mortem.ts';

/** The steps that end a case: its closure, its post-mortem, and what memory keeps of it. */
export const createEndingSteps = (deps: {
  readonly tools: RoadTools;
  readonly archive: Archive;
  readonly memory: MemoryShelf;
}) => ({
  conclude: createConcludeStep(deps.tools),
  'write-post-mortem': createWritePostMortemStep({ ...deps.tools, archive: deps.archive }),
  remember: createRememberStep({ ...deps.tools, memory: deps.memory }),
});
