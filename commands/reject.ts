import { ballotCommand } from './approve.ts';

/** Says no to the proposal that waits. */
export const reject = ballotCommand('reject', 'rejects the proposal that waits, for approvers');
