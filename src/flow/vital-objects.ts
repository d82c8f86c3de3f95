import { isHeldUp } from '../analysis/containers.ts';
import { isLost } from '../analysis/observe-object.ts';
import { counted } from '../domain/counted.ts';
import type { ServiceData, WorkloadData } from '../domain/evidence.ts';
import type { Check } from '../domain/verification.ts';
import type { Answer } from '../ports/answer.ts';

/** Pods that still count: one that finished, or was evicted, lies in the list until somebody sweeps it away. */
const livePods = ({ pods }: WorkloadData): WorkloadData['pods'] =>
  pods.filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Failed');

const waits = (data: WorkloadData): readonly string[] =>
  livePods(data).flatMap(({ name, containers }) =>
    containers
      .filter(isHeldUp)
      .map(
        ({ name: container, state, reason }) =>
          `${container} in ${name} is ${state}${reason === undefined ? '' : ` (${reason})`}`,
      ),
  );

/** The kubelet's words for a container that it has given up on for now: waiting longer rarely mends it. */
const givenUp =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|CrashLoopBackOff|CreateContainer(Config)?Error|RunContainerError)$/;
/** Kubernetes writes whole seconds. */
const roundingMs = 1_000;

/** Whether a container is given up on, in a pod that came after an instant or in an older one. */
const stuckIn = (data: WorkloadData, since: string | undefined): Check['stuck'] => {
  const stuck = livePods(data).filter(({ containers }) =>
    containers.some(({ state, reason }) => state === 'waiting' && givenUp.test(reason ?? '')),
  );
  const sinceMs = since === undefined ? Number.POSITIVE_INFINITY : Date.parse(since) - roundingMs;
  if (stuck.some(({ startedAt }) => startedAt !== undefined && Date.parse(startedAt) >= sinceMs)) return 'young';
  return stuck.length > 0 ? 'old' : undefined;
};

const rolloutTrouble = (data: WorkloadData): string | null => {
  const { replicas, ready, updated, paused } = data;
  if (replicas === 0) return 'it is asked to run no replica';
  if (updated < replicas && paused) return 'its rollout is paused while a change waits';
  if (updated < replicas) return `only ${updated} of ${replicas} replicas are up to date`;
  if (ready < replicas) return `only ${ready} of ${replicas} replicas are ready`;
  const [waiting] = waits(data);
  if (waiting !== undefined) return waiting;
  return livePods(data).length > replicas ? 'old pods are still going away' : null;
};

/** What the check of a workload's rollout is called. */
export const rolloutName = (workload: string): string => `rollout of ${workload}`;

/**
 * Whether the rollout has settled: all replicas wanted, up to date and ready, and no container waiting or ended. `since` is the
 * instant of the last write: it tells young pods from old ones.
 */
export const rolloutCheck = (workload: string, answer: Answer<readonly WorkloadData[]>, since?: string): Check => {
  const name = rolloutName(workload);
  if (answer.outcome === 'unreachable') {
    return {
      name,
      passed: false,
      answered: false,
      observation: `The Kubernetes API gave no answer: ${answer.reason}.`,
    };
  }
  const data = answer.outcome === 'found' ? answer.value.find((each) => each.workload.name === workload) : undefined;
  if (data === undefined) return { name, passed: false, observation: `There is no workload ${workload}.` };
  const trouble = rolloutTrouble(data);
  const stuck = stuckIn(data, since);
  return trouble === null
    ? { name, passed: true, observation: `${data.ready} of ${data.replicas} replicas of ${workload} are ready.` }
    : { name, passed: false, observation: `${workload}: ${trouble}.`, ...(stuck === undefined ? {} : { stuck }) };
};

/** Whether every Service that should lead to the workload finds ready pods of it. No such Service, no check. */
export const endpointChecks = (workload: string, answer: Answer<readonly ServiceData[]>): readonly Check[] => {
  if (answer.outcome === 'unreachable') {
    const observation = `The Kubernetes API gave no answer: ${answer.reason}.`;
    return [{ name: `endpoints of ${workload}`, passed: false, answered: false, observation }];
  }
  if (answer.outcome === 'empty') return [];
  return answer.value
    .filter(({ expected }) => expected.includes(workload))
    .map((data) => {
      const name = `endpoints of service ${data.service.name}`;
      const observation = `Service ${data.service.name} has ${counted(data.ready, 'ready endpoint')} and finds ${data.matches.join(', ') || 'no workload'}.`;
      return { name, passed: !isLost(data), observation };
    });
};
