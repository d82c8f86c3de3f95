import type { Command } from '../src/ports/command.ts';
import { approve } from './approve.ts';
import { chaos } from './chaos.ts';
import { helpWith } from './help.ts';
import { hold } from './hold.ts';
import { incidents } from './incidents.ts';
import { mode } from './mode.ts';
import { postmortem } from './postmortem.ts';
import { reject } from './reject.ts';
import { show } from './show.ts';
import { status } from './status.ts';
import { trace } from './trace.ts';

const others: readonly Command[] = [status, incidents, show, approve, reject, hold, trace, mode, chaos, postmortem];

/** The shelf of `/sre` subcommands, in the order in which help lists them. */
export const commands: readonly Command[] = [helpWith(others), ...others];
