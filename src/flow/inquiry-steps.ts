import type { Action } from '../ports/action.ts';
import type { AlertInbox } from '../ports/alert-inbox.ts';
import type { MemoryShelf } from '../ports/memory-shelf.ts';
import type { Senses } from '../ports/senses.ts';
import type { Director, Specialist } from '../ports/specialist.ts';
import { collect } from './collect.ts';
import { createCollectStep, createDeliberateStep, createInvestigateStep } from './investigate.ts';
import { createProposeStep } from './propose.ts';
import type { RoadTools } from './road.ts';
import { shareSenses } from './shared-senses.ts';
import { createSortOutStep } from './sort-out.ts';

/** The steps that only look and think: from the context to the plan. */
export const createInquirySteps = (deps: {
  readonly tools: RoadTools;
  readonly senses: Senses;
  readonly inbox: Pick<AlertInbox, 'assign' | 'release'>;
  readonly memory: MemoryShelf;
  readonly specialists: readonly Specialist[];
  readonly director: Director;
  readonly actions: readonly Action[];
}) => {
  const { tools, senses, memory, specialists, director, actions } = deps;
  return {
    collect: createCollectStep({
      ...tools,
      collect: collect({ ...shareSenses(senses, tools.clock), clock: tools.clock }),
      memory,
    }),
    investigate: createInvestigateStep({ ...tools, specialists }),
    deliberate: createDeliberateStep({ ...tools, director }),
    propose: createSortOutStep({
      ...tools,
      inbox: deps.inbox,
      propose: createProposeStep({ ...tools, cluster: senses.cluster, changes: senses.changes, actions }),
    }),
  };
};
