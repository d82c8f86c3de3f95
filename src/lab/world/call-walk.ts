import { answeredFailure, deadlineFailure, dialFailure, refusedByRedis } from './call-words.ts';
import type { ClusterView, PodView } from './cluster-view.ts';
import { type Connections, redisWorkload } from './connections.ts';
import type { EffectsNow } from './effects.ts';
import type { LogDesk } from './logs/log-desk.ts';
import type { MeshMeters } from './mesh-meters.ts';
import type { PodStates } from './pod-states.ts';
import { type Dependency, profileOf } from './profiles.ts';
import type { Random } from './random.ts';
import type { RecentCalls } from './recent-calls.ts';
import { routeCall } from './route-call.ts';
import { type Call, downstream } from './shop.ts';

/** What stays the same while one visitor's request runs through the shop. */
export interface Scene {
  readonly view: ClusterView;
  readonly effects: EffectsNow;
  readonly atMs: number;
  /** How many equal requests this one stands for. */
  readonly weight: number;
}

/** How a piece of work or a call ended. */
interface Outcome {
  readonly ms: number;
  readonly error: string | null;
}

/** A piece of work on one pod: what it is called in logs, and the calls that it makes. */
interface Work {
  readonly task: string;
  readonly calls: readonly Call[];
}

/** Lets a pod make a call, with all that follows from it. */
export type CallWalk = (scene: Scene, caller: PodView, call: Call & { readonly work?: Work }) => Outcome;

/** What the walk draws on and writes to. */
export interface WalkDeps {
  readonly random: Random;
  readonly states: PodStates;
  readonly connections: Connections;
  readonly mesh: MeshMeters;
  readonly recent: RecentCalls;
  readonly desk: LogDesk;
}

/** One hop through the node's network and two proxies, ms. */
const hopMs = 0.35;

/** A disturbed network is not evenly slow: its delay has a tail, and the longest waits outlast the caller's patience. */
const delaySpread = 0.35;

/**
 * Walks a request along the call edges: a callee's time is its own plus that of all its calls; an edge fails when nobody
 * listens, when the callee fails, or when the caller's patience ends. Delay on an edge is felt by the caller alone.
 */
export const createCallWalk = (deps: WalkDeps): CallWalk => {
  const { random, states, mesh, desk } = deps;

  const serve = (scene: Scene, pod: PodView, work: Work): Outcome => {
    let ms = states.handle(pod, scene.weight);
    let error: string | null = null;
    for (const call of work.calls) {
      for (let time = 0; time < call.times && error === null; time += 1) {
        const outcome = dial({ ...scene, atMs: scene.atMs + ms }, pod, call);
        ms += outcome.ms;
        if (outcome.error !== null && call.essential)
          error = answeredFailure(pod.workload, call.trouble, outcome.error);
      }
    }
    desk.tell(pod, scene.atMs + ms, { kind: 'served', task: work.task, ms, error });
    return { ms, error };
  };

  const reach = (
    scene: Scene,
    callee: PodView,
    calls: { dependency: Dependency; work: Work; address: string },
  ): Outcome => {
    if (calls.dependency.protocol === 'redis' && callee.workload === redisWorkload) {
      if (!deps.connections.admits(callee, scene.weight))
        return { ms: hopMs * 3, error: refusedByRedis(calls.address) };
      return serve(scene, callee, calls.work);
    }
    const outcome = serve(scene, callee, calls.work);
    mesh.inbound(callee.workload, { ok: outcome.error === null, ms: outcome.ms, weight: scene.weight });
    return outcome;
  };

  const networkMs = (scene: Scene, caller: PodView, callee: PodView): number => {
    const delay =
      scene.effects.delayMs(caller.uid, callee.workload) + scene.effects.delayMs(callee.uid, caller.workload);
    const hop = random.logNormal(hopMs, 0.3);
    return delay === 0 ? hop : hop + random.logNormal(delay, delaySpread);
  };

  const attempt = (
    scene: Scene,
    caller: PodView,
    calls: { call: Call; dependency: Dependency; work: Work },
  ): Outcome => {
    const { dependency, work } = calls;
    const address = caller.env[dependency.env] ?? '';
    const route = routeCall(scene.view, caller, { address, pick: random.pick });
    if (route.kind === 'fails') {
      const error = dialFailure(dependency.protocol, route.address, route.trouble);
      return { ms: route.hangs ? dependency.timeoutMs : random.logNormal(hopMs * 2, 0.4), error };
    }
    const callee = route.pod;
    const served = reach(scene, callee, { dependency, work, address: route.address });
    const ms = served.ms + networkMs(scene, caller, callee);
    if (ms <= dependency.timeoutMs) return { ms, error: served.error };
    return { ms: dependency.timeoutMs, error: deadlineFailure(dependency.protocol, dependency.timeoutMs) };
  };

  const dial: CallWalk = (scene, caller, call) => {
    const dependency = profileOf(caller.workload).dependencies[call.to];
    if (dependency === undefined) return { ms: 0, error: null };
    const work = call.work ?? { task: call.rpc, calls: downstream[call.rpc] ?? [] };
    const outcome = attempt(scene, caller, { call, dependency, work });
    const ok = outcome.error === null;
    deps.recent.note(call.to, { atMs: scene.atMs, ok, ms: outcome.ms });
    if (dependency.protocol !== 'redis')
      mesh.outbound(caller.workload, call.to, { ok, ms: outcome.ms, weight: scene.weight });
    if (outcome.error !== null) {
      desk.tell(caller, scene.atMs + outcome.ms, {
        kind: 'call-failed',
        task: call.rpc,
        peer: call.to,
        error: outcome.error,
        trouble: call.trouble,
        tolerated: !call.essential,
      });
    }
    return outcome;
  };

  return dial;
};
