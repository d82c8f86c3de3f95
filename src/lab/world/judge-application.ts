import type { PodView } from './cluster-view.ts';
import { findMisconfiguration } from './configuration.ts';
import { memoryNeedBytes, type PodStates } from './pod-states.ts';
import { profileOf } from './profiles.ts';
import { hashUnit } from './random.ts';
import type { ContainerFate } from './world.ts';

/** Applications read their configuration at start: after this, a Service that vanishes is no reason to exit. */
const startMs = 10_000;

/** A process that ends after so many milliseconds of its run. */
export const exits = (
  afterMs: number,
  exitCode: number,
  reason: 'Error' | 'OOMKilled' | 'Completed',
): ContainerFate => ({
  kind: 'exits',
  afterMs: Math.round(afterMs),
  exitCode,
  reason,
});

/** The kernel's verdict: the less memory there is, the sooner it kills. Null while the limit suffices. */
const judgeMemory = (pod: PodView, states: PodStates, runningForMs: number): ContainerFate | null => {
  if (pod.memoryLimitBytes === null) return null;
  const { callsPerSecond, leakedBytes } = states.of(pod.uid);
  const need = memoryNeedBytes(profileOf(pod.workload), callsPerSecond) + leakedBytes;
  if (need <= pod.memoryLimitBytes) return null;
  const startedUnderIt = memoryNeedBytes(profileOf(pod.workload), 0) <= pod.memoryLimitBytes;
  const fillMs = 300 + 1_700 * (pod.memoryLimitBytes / need);
  return exits(startedUnderIt ? Math.max(fillMs, runningForMs) : fillMs, 137, 'OOMKilled');
};

/** What becomes of an application whose command started: it exits on its configuration, is killed for its memory, or runs. */
export const judgeApplication = (states: PodStates, pod: PodView, runningForMs: number): ContainerFate => {
  const wrong = runningForMs < startMs ? findMisconfiguration(pod) : null;
  if (wrong !== null) return exits(250 + 500 * hashUnit(pod.uid), 1, 'Error');
  const killed = judgeMemory(pod, states, runningForMs);
  if (killed !== null) return killed;
  const readyAfterMs = profileOf(pod.workload).readyMs * (0.85 + 0.3 * hashUnit(pod.uid));
  return { kind: 'runs', readyAfterMs: Math.round(readyAfterMs) };
};
