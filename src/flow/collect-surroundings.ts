import { maskSurrounding } from '../analysis/mask-data.ts';
import {
  observeSurrounding,
  surroundedWorkloads,
  surroundingStrength,
  surroundingSubject,
} from '../analysis/observe-surroundings.ts';
import type { SurroundingData } from '../domain/surroundings.ts';
import { limits } from '../limits.ts';
import type { Answer } from '../ports/answer.ts';
import { drafts } from './collect-objects.ts';
import type { CollectWindows } from './collect-windows.ts';

/** Nodes of a large cluster that are read as evidence: those that say most come first. */
const surroundingsMax = 40;

const loudestFirst = (answer: Answer<readonly SurroundingData[]>): Answer<readonly SurroundingData[]> =>
  answer.outcome === 'found'
    ? {
        ...answer,
        value: answer.value
          .toSorted((left, right) => surroundingStrength(right) - surroundingStrength(left))
          .slice(0, surroundingsMax),
      }
    : answer;

/** Drafts of what workloads depend on: nodes, policies, quotas, limit ranges, claims. */
export const surroundingDrafts = (answer: Answer<readonly SurroundingData[]>, windows: CollectWindows) =>
  drafts(loudestFirst(answer), windows, (raw) => {
    const data = maskSurrounding(raw, limits.observationCharsMax);
    return {
      kind: 'object',
      subject: surroundingSubject(data),
      observation: observeSurrounding(data),
      data,
      workloads: surroundedWorkloads(data),
      strength: surroundingStrength(data),
    };
  });
