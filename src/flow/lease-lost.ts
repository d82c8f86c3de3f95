import { BotError } from '../domain/bot-error.ts';
import type { CaseStore } from '../ports/case-store.ts';
import type { Ownership } from '../ports/ownership.ts';

/** Why a step stops in its middle: another replica may go on with this key by now. It is no failure of the step. */
export const leaseLost = (key: string): BotError =>
  new BotError('lease_lost', `this replica no longer owns ${key}`, { retryable: true });

/** Whether a step stopped only because another replica goes on. */
export const isLeaseLost = (error: unknown): boolean => error instanceof BotError && error.code === 'lease_lost';

/**
 * The case store as the road's steps have it: a replica that lost an incident turns no page of it any more. What people say
 * reaches whichever replica Slack chose, and goes to the store itself.
 */
export const createOwnedCases = (cases: CaseStore, ownership: Pick<Ownership, 'owns'>): CaseStore => ({
  ...cases,
  replace: async (file, note) => {
    const { uid } = file.incident;
    if (!ownership.owns(uid)) throw leaseLost(uid);
    return cases.replace(file, note);
  },
});
