import type { Action } from '../ports/action.ts';
import { openPolicy } from './open-policy.ts';
import { patchService } from './patch-service.ts';
import { raiseQuota } from './raise-quota.ts';
import { restartWorkload } from './restart-workload.ts';
import { revertChange } from './revert-change.ts';
import { rollBack } from './roll-back.ts';
import { scale } from './scale.ts';
import { setResources } from './set-resources.ts';
import { uncordonNode } from './uncordon-node.ts';

/** The shelf of remedies. */
export const actions: readonly Action[] = [
  revertChange,
  rollBack,
  scale,
  patchService,
  setResources,
  restartWorkload,
  uncordonNode,
  raiseQuota,
  openPolicy,
];
