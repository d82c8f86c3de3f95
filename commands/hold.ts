import { ballotCommand } from './approve.ts';

/** Stops the clock of the proposal that waits. */
export const hold = ballotCommand('hold', 'stops the auto-approve window until somebody decides');
