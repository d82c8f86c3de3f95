import { percent } from '../../analysis/confidence.ts';
import { faults } from '../../domain/fault.ts';
import type { Recollection } from '../../domain/memory.ts';
import { limits } from '../../limits.ts';
import { clipped, type Mrkdwn, md, slackDate } from './mrkdwn.ts';
import { outcomeWords } from './words.ts';

const recollectionLine = ({ memory, similarity, exact }: Recollection): Mrkdwn => {
  const likeness = exact ? 'the same signature' : `${percent(similarity)} alike`;
  const fault = memory.fault === undefined ? '' : `, ${faults[memory.fault].title}`;
  const action = memory.action === undefined ? 'no remedy' : `remedy ${memory.action}`;
  return md`• ${slackDate(memory.at, '{date_short_pretty}')} ${memory.workload}${fault} (${likeness}): ${action}, ${outcomeWords(memory.outcome).toLowerCase()}. ${clipped(memory.summary, 200)}`;
};

/** What is remembered of similar incidents, with how they ended; says so when nothing is. */
export const recollectionLines = (recollections: readonly Recollection[] | undefined): readonly Mrkdwn[] =>
  recollections === undefined || recollections.length === 0
    ? [md`*Seen before:* nothing similar is remembered.`]
    : [md`*Seen before*`, ...recollections.slice(0, limits.memoriesRecalledMax).map(recollectionLine)];
