import type { ClusterView, PodView } from './cluster-view.ts';
import type { EffectsNow } from './effects.ts';
import { type Profile, profileOf } from './profiles.ts';
import type { Random } from './random.ts';

/** Linux schedules CPU limits in periods of this length. */
const cfsPeriodMs = 100;
const mebibyte = 1024 ** 2;

/** How a pod fares: cumulative counters since its start, and the load that the last step left behind. */
interface PodState {
  cpuSeconds: number;
  cfsPeriods: number;
  cfsThrottled: number;
  memoryBytes: number;
  callsPerSecond: number;
  /** CPU demand as a share of the limit; above 1 the pod is throttled for good. */
  utilisation: number;
  /** Share of scheduling periods in which the pod was throttled. */
  throttling: number;
  /** What a leak holds since the container's present start. */
  leakedBytes: number;
  startedAt: string;
  /** Gathered during the step. */
  callsNow: number;
}

/** The states of all pods, by uid. */
export interface PodStates {
  of(podUid: string): PodState;
  /** One handled call: notes its cost and draws the time that the pod itself spends on it, in ms. */
  handle(pod: PodView, weight: number): number;
  /** Closes a step of `seconds` for every pod and forgets those that are gone. */
  settle(view: ClusterView, effects: EffectsNow, seconds: number): void;
}

const freshState = (): PodState => ({
  cpuSeconds: 0,
  cfsPeriods: 0,
  cfsThrottled: 0,
  memoryBytes: 0,
  callsPerSecond: 0,
  utilisation: 0,
  throttling: 0,
  leakedBytes: 0,
  startedAt: '',
  callsNow: 0,
});

/** What the application needs in memory at this load, in bytes; a limit below it ends in an OOM kill. */
export const memoryNeedBytes = (profile: Profile, callsPerSecond: number): number =>
  (profile.memoryMiB + profile.memoryMiBPerRps * callsPerSecond) * mebibyte;

/** The wait in an M/M/1 queue grows with 1/(1-utilisation); bounded, because clients give up sooner. */
const stretchOf = (utilisation: number): number => 1 / (1 - Math.min(utilisation, 0.95));

/** Throttling begins before the average demand reaches the limit, because demand comes in bursts. */
const throttlingOf = (utilisation: number): number => Math.min(0.97, Math.max(0, (utilisation - 0.7) / 0.45));

/** A throttled process sleeps until its next period begins, and for some more when others in the pod take that one as well. */
const throttledWaitMs = ({ utilisation }: PodState): number => cfsPeriodMs * Math.max(1, Math.min(4, utilisation));

const settleCpu = (state: PodState, pod: PodView, demand: { cores: number; seconds: number }): void => {
  const limit = pod.cpuLimitCores;
  state.utilisation = limit === null ? Math.min(0.3, demand.cores) : demand.cores / limit;
  state.throttling = throttlingOf(state.utilisation);
  state.cpuSeconds += Math.min(demand.cores, limit ?? Number.POSITIVE_INFINITY) * demand.seconds;
  if (limit === null) return;
  const periods = (demand.seconds * 1_000) / cfsPeriodMs;
  state.cfsPeriods += periods;
  state.cfsThrottled += periods * state.throttling;
};

/** A fresh process begins with what it needs at rest; a leak begins anew with it. */
const settleStart = (state: PodState, pod: PodView): void => {
  if (state.startedAt === pod.startedAt) return;
  state.startedAt = pod.startedAt;
  state.leakedBytes = 0;
  state.memoryBytes = 0;
};

const settleMemory = (state: PodState, pod: PodView, drawn: { seconds: number; noise: number; leak: number }): void => {
  settleStart(state, pod);
  state.leakedBytes += drawn.leak * drawn.seconds;
  const need = memoryNeedBytes(profileOf(pod.workload), state.callsPerSecond) + state.leakedBytes;
  const before = state.memoryBytes === 0 ? need * 0.85 : state.memoryBytes + drawn.leak * drawn.seconds;
  const approach = Math.min(1, drawn.seconds / 20);
  const after = before + (need - before) * approach + need * 0.004 * drawn.noise;
  state.memoryBytes = Math.min(after, pod.memoryLimitBytes ?? Number.POSITIVE_INFINITY);
};

/** Keeps CPU, throttling and memory of every pod by what its calls cost and what its limits allow. */
export const createPodStates = (random: Random): PodStates => {
  const states = new Map<string, PodState>();
  const of = (podUid: string): PodState => {
    const state = states.get(podUid) ?? freshState();
    states.set(podUid, state);
    return state;
  };
  const settlePod = (pod: PodView, effects: EffectsNow, seconds: number): void => {
    const state = of(pod.uid);
    const profile = profileOf(pod.workload);
    const calls = state.callsNow / seconds;
    state.callsNow = 0;
    state.callsPerSecond += (calls - state.callsPerSecond) * Math.min(1, seconds / 8);
    if (!pod.running) return;
    const work = (calls * profile.cpuMsPerCall) / 1_000;
    const idle = profile.idleCores * random.between(0.8, 1.2);
    settleCpu(state, pod, { cores: idle + work + effects.stressCores(pod.uid), seconds });
    settleMemory(state, pod, { seconds, noise: random.normal(), leak: effects.memoryLeak(pod.uid) });
  };
  return {
    of,
    handle: (pod, weight) => {
      const state = of(pod.uid);
      const profile = profileOf(pod.workload);
      state.callsNow += weight;
      const own = random.logNormal(profile.latencyMs, profile.latencySpread) * stretchOf(state.utilisation);
      return random.chance(state.throttling) ? own + random.between(0.2, 1) * throttledWaitMs(state) : own;
    },
    settle: (view, effects, seconds) => {
      const present = new Set(view.pods.map((pod) => pod.uid));
      for (const uid of states.keys()) if (!present.has(uid)) states.delete(uid);
      if (seconds > 0) for (const pod of view.pods) settlePod(pod, effects, seconds);
    },
  };
};
