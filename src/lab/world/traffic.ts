import { createCallWalk } from './call-walk.ts';
import type { ClusterView } from './cluster-view.ts';
import { createConnections } from './connections.ts';
import type { EffectsNow } from './effects.ts';
import type { LogDesk } from './logs/log-desk.ts';
import { createMeshMeters } from './mesh-meters.ts';
import type { PodStates } from './pod-states.ts';
import type { Random } from './random.ts';
import { type CallHealth, createRecentCalls } from './recent-calls.ts';
import type { TraceRecorder } from './trace-recorder.ts';
import { createVisitors, type Interval } from './visitors.ts';
import type { Sample } from './world.ts';

/** Calls older than this say nothing about now. */
const recentMs = 6_000;

/** All that flows between the pods: visitors, calls and connections, and the meters that count them. */
export interface Traffic {
  flow(view: ClusterView, effects: EffectsNow, interval: Interval): void;
  samples(view: ClusterView): readonly Sample[];
  /** How calls to the workload went in the last seconds, seen by its callers. */
  health(workload: string): CallHealth;
}

/** What traffic draws on. */
export interface TrafficDeps {
  readonly random: Random;
  readonly namespace: string;
  readonly states: PodStates;
  readonly desk: LogDesk;
  readonly traces: TraceRecorder;
}

/** Creates a shop's traffic, at rest. */
export const createTraffic = ({ random, namespace, states, desk, traces }: TrafficDeps): Traffic => {
  const connections = createConnections(random);
  const mesh = createMeshMeters(namespace);
  const recent = createRecentCalls();
  const dial = createCallWalk({ random, states, connections, mesh, recent, desk });
  const sendVisitors = createVisitors({ random, dial, traces });
  return {
    flow: (view, effects, interval) => {
      connections.settle(view, effects, (interval.toMs - interval.fromMs) / 1_000);
      if (interval.toMs > interval.fromMs) sendVisitors(view, effects, interval);
      recent.forget(interval.toMs - recentMs);
    },
    samples: (view) => [...mesh.samples(view), ...connections.samples(view, namespace)],
    health: recent.read,
  };
};
