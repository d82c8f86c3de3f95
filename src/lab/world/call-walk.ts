import { answeredFailure, deadlineFailure, dialFailure, failureOf, refusedByRedis } from './call-words.ts';
import type { ClusterView, PodView } from './cluster-view.ts';
import { redisWorkload } from './connections.ts';
import type { EffectsNow } from './effects.ts';
import { type Dependency, profileOf } from './profiles.ts';
import type { Random } from './random.ts';
import { routeCall } from './route-call.ts';
import { type Call, downstream } from './shop.ts';
import { type OpenSpan, operationOf } from './trace-recorder.ts';
import type { WalkDeps } from './walk-deps.ts';

/** What stays the same while one visitor's request runs through the shop. */
export interface Scene {
  readonly view: ClusterView;
  readonly effects: EffectsNow;
  readonly atMs: number;
  /** How many equal requests this one stands for. */
  readonly weight: number;
  /** The span that waits for what happens here, when the request is traced. */
  readonly span?: OpenSpan | undefined;
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

/** One hop through the node's network and two proxies, ms. */
const hopMs = 0.35;

/** A disturbed network is not evenly slow: its delay has a tail, and the longest waits outlast the caller's patience. */
const delaySpread = 0.35;

const networkMs = (random: Random, { effects }: Scene, [caller, callee]: readonly [PodView, PodView]): number => {
  const delay = effects.delayMs(caller.uid, callee.workload) + effects.delayMs(callee.uid, caller.workload);
  const hop = random.logNormal(hopMs, 0.3);
  return delay === 0 ? hop : hop + random.logNormal(delay, delaySpread);
};

/**
 * Walks a request along the call edges: a callee's time is its own plus that of all its calls; an edge fails when nobody
 * listens, when the callee fails, or when the caller's patience ends. Delay on an edge is felt by the caller alone.
 */
export const createCallWalk = (deps: WalkDeps): CallWalk => {
  const { random, states, mesh, desk } = deps;

  const serve = (scene: Scene, pod: PodView, work: Work): Outcome => {
    const span = scene.span?.below();
    let ms = states.handle(pod, scene.weight);
    let error: string | null = null;
    for (const call of work.calls) {
      for (let time = 0; time < call.times && error === null; time += 1) {
        const outcome = dial({ ...scene, span, atMs: scene.atMs + ms }, pod, call);
        ms += outcome.ms;
        if (outcome.error !== null && call.essential)
          error = answeredFailure(pod.workload, call.trouble, outcome.error);
      }
    }
    const operation = operationOf(pod.workload, work.task);
    span?.end({ pod, operation, kind: 'server', atMs: scene.atMs, ms, error });
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
      // Nobody has put a tracing library into Redis.
      return serve({ ...scene, span: undefined }, callee, calls.work);
    }
    const outcome = serve(scene, callee, calls.work);
    mesh.inbound(callee.workload, { ok: outcome.error === null, ms: outcome.ms, weight: scene.weight });
    return outcome;
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
    const delay = scene.span?.mark();
    const served = reach(scene, callee, { dependency, work, address: route.address });
    const network = networkMs(random, scene, [caller, callee]);
    // Half of the way lies before the callee begins.
    delay?.(network / 2);
    const ms = served.ms + network;
    if (ms <= dependency.timeoutMs) return { ms, error: served.error };
    return { ms: dependency.timeoutMs, error: deadlineFailure(dependency.protocol, dependency.timeoutMs) };
  };

  const dial: CallWalk = (scene, caller, call) => {
    const dependency = profileOf(caller.workload).dependencies[call.to];
    if (dependency === undefined) return { ms: 0, error: null };
    const work = call.work ?? { task: call.rpc, calls: downstream[call.rpc] ?? [] };
    const span = scene.span?.below();
    const outcome = attempt({ ...scene, span }, caller, { call, dependency, work });
    span?.end({ pod: caller, operation: operationOf(call.to, call.rpc), kind: 'client', atMs: scene.atMs, ...outcome });
    const ok = outcome.error === null;
    deps.recent.note(call.to, { atMs: scene.atMs, ok, ms: outcome.ms });
    if (dependency.protocol !== 'redis')
      mesh.outbound(caller.workload, call.to, { ok, ms: outcome.ms, weight: scene.weight });
    if (outcome.error !== null) {
      desk.tell(caller, scene.atMs + outcome.ms, failureOf(call, outcome.error));
    }
    return outcome;
  };

  return dial;
};
