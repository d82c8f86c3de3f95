import type { KubeStore } from '../cluster/kube-store.ts';
import { createClusterViewer } from './cluster-view.ts';
import { containerSamples } from './container-samples.ts';
import { createEffects, effectsNow } from './effects.ts';
import { createJudge } from './judge.ts';
import { createKubeState } from './kube-state.ts';
import { createLogDesk } from './logs/log-desk.ts';
import { createPodStates } from './pod-states.ts';
import { createRandom } from './random.ts';
import { createTraceRecorder } from './trace-recorder.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import type { World } from './world.ts';

/** The world of Online Boutique, with a look at its health for those who must know whether it is well again. */
export interface ShopWorld extends World {
  readonly namespace: string;
  readonly health: Traffic['health'];
}

/** What a world is made of; equal seeds and equal clusters make equal worlds. */
export interface WorldOptions {
  readonly store: KubeStore;
  readonly namespace: string;
  readonly seed: number;
}

/** Creates the simulated shop on a cluster. Its time begins with the first step and runs from the second one on. */
export const createWorld = ({ store, namespace, seed }: WorldOptions): ShopWorld => {
  const random = createRandom(seed);
  const view = createClusterViewer(store, namespace);
  const effects = createEffects((uid) => view().pods.some((pod) => pod.uid === uid));
  const states = createPodStates(random);
  const desk = createLogDesk(random, namespace);
  const traces = createTraceRecorder(seed, namespace);
  const traffic = createTraffic({ random, namespace, states, desk, traces });
  const kubeState = createKubeState(namespace);
  const judge = createJudge({ store, namespace, view, states, desk });
  let lastMs: number | null = null;

  return {
    namespace,
    effects,
    ...judge,
    health: traffic.health,
    step: (nowMs) => {
      const toMs = Math.max(nowMs, lastMs ?? nowMs);
      const interval = { fromMs: lastMs ?? toMs, toMs };
      lastMs = toMs;
      const now = view();
      const active = effectsNow(effects);
      traffic.flow(now, active, interval);
      desk.chatter(now.pods, interval);
      states.settle(now, active, (interval.toMs - interval.fromMs) / 1_000);
      const samples = [...traffic.samples(now), ...containerSamples(now, namespace, states), ...kubeState(now)];
      return { samples, logs: desk.take(interval), spans: traces.take() };
    },
  };
};
