import type { Source } from '../ports/source.ts';
import { alertmanager } from './alertmanager.ts';
import { goalert } from './goalert.ts';

/** Every alert dialect that the webhook understands. */
export const sources: readonly Source[] = [alertmanager, goalert];
