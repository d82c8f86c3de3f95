import type { Button } from '@slack/types';
import { z } from 'zod';
import type { Attempt } from '../../domain/attempt.ts';
import { type CaseFile, type CaseSummary, phaseOf } from '../../domain/case-file.ts';
import { button, confirmation } from './message.ts';
import { planWords, shortHash } from './words.ts';

/** What a decision button says about itself when it is clicked. */
export interface ButtonValue {
  readonly uid: string;
  readonly planHash?: string | undefined;
}

const buttonValue = z.object({ uid: z.string().max(100), planHash: z.string().max(200).optional() });

/** A button's value as the bot wrote it; null for anything else. */
export const parseButtonValue = (text: string | undefined): ButtonValue | null => {
  try {
    const parsed = buttonValue.safeParse(JSON.parse(text ?? ''));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};

/** The attempt that waits for people, if one does. */
export const waitingAttempt = (file: CaseFile | CaseSummary): Attempt | undefined =>
  phaseOf(file) === 'awaiting_approval' ? file.attempts.at(-1) : undefined;

/** Approve (behind a question), Reject and Hold, bound to the plan's hash: an older click cannot decide on a newer plan. */
export const decisionButtons = (file: CaseFile | CaseSummary, attempt: Attempt): readonly Button[] => {
  const { plan, ask } = attempt;
  const value = JSON.stringify({ uid: file.incident.uid, planHash: plan.hash });
  const what = planWords(plan);
  const needed = ask?.approversNeeded ?? 1;
  const more = needed > 1 ? ` It needs ${needed} approvers.` : '';
  return [
    button({
      action: 'approve',
      label: 'Approve',
      value,
      say: `Approve: ${what}`,
      style: 'primary',
      confirm: confirmation({
        title: plan.risk === 'high' ? 'Approve a high-risk remedy?' : 'Approve this remedy?',
        text: `${what}. Risk ${plan.risk}, ${plan.blastRadius.pods} pods.${more} Plan ${shortHash(plan.hash)}.`,
        confirm: 'Approve',
        deny: 'Not yet',
      }),
    }),
    button({ action: 'reject', label: 'Reject', value, say: `Reject: ${what}`, style: 'danger' }),
    button({ action: 'hold', label: 'Hold', value, say: `Hold: ${what}` }),
  ];
};
