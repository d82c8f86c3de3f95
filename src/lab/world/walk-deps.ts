import type { Connections } from './connections.ts';
import type { LogDesk } from './logs/log-desk.ts';
import type { MeshMeters } from './mesh-meters.ts';
import type { PodStates } from './pod-states.ts';
import type { Random } from './random.ts';
import type { RecentCalls } from './recent-calls.ts';

/** What the walk draws on and writes to. */
export interface WalkDeps {
  readonly random: Random;
  readonly states: PodStates;
  readonly connections: Connections;
  readonly mesh: MeshMeters;
  readonly recent: RecentCalls;
  readonly desk: LogDesk;
}
