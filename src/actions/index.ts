import type { Action } from '../ports/action.ts';
import { patchService } from './patch-service.ts';
import { restartWorkload } from './restart-workload.ts';
import { revertChange } from './revert-change.ts';
import { rollBack } from './roll-back.ts';
import { scale } from './scale.ts';
import { setResources } from './set-resources.ts';

/** The shelf of remedies. */
export const actions: readonly Action[] = [revertChange, rollBack, scale, patchService, setResources, restartWorkload];
