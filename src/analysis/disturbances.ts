import { counted } from '../domain/counted.ts';
import type { TraceData } from '../domain/trace.ts';
import { diedOfMemory, isRecent } from './containers.ts';
import { neighbourhoodOf } from './relevance.ts';
import type { Reading, Scene, Seen } from './scene.ts';
import { isTrouble } from './shift.ts';
import { formatSignal, signalTraits } from './signal-trait.ts';

/** Something that is not well, whoever's fault it is. */
export interface Disturbance {
  readonly evidence: string;
  readonly workload: string;
  readonly sentence: string;
}

const readingDisturbance = (reading: Reading): readonly Disturbance[] => {
  const { signal, workload, edge } = reading.data;
  if (!isTrouble(signal, reading.shift)) return [];
  const subject = edge === undefined ? workload : `${edge.from} -> ${edge.to}`;
  const before =
    reading.shift.quiet === undefined ? '' : ` against ${formatSignal(signal, reading.shift.quiet)} before`;
  return [
    {
      evidence: reading.id,
      workload: edge?.to ?? workload,
      sentence: `the ${signalTraits[signal].title} of ${subject} is ${formatSignal(signal, reading.shift.now)}${before}`,
    },
  ];
};

/** Calls of which the middle one lies beyond what was ordinary, though they are too few to tell from chance. */
const waitDisturbance = ({ id, data }: Seen<TraceData>): readonly Disturbance[] => {
  const [time] = data.times;
  if (data.edge === undefined || time === undefined || time.countQuiet === 0 || time.now <= time.high) return [];
  const waits = `${formatSignal('latency_p50', time.now)} where up to ${formatSignal('latency_p50', time.high)} was ordinary`;
  return [
    {
      evidence: id,
      workload: data.edge.to,
      sentence: `calls of ${data.edge.from} to ${data.edge.to} wait ${waits} (${counted(time.count, 'trace')})`,
    },
  ];
};

const objectDisturbances = (scene: Scene, workload: string): readonly Disturbance[] => {
  const state = scene.state(workload);
  const rollout: readonly Disturbance[] =
    state !== undefined && state.data.ready < state.data.replicas
      ? [
          {
            evidence: state.id,
            workload,
            sentence: `${workload} has ${state.data.ready} of ${state.data.replicas} replicas ready`,
          },
        ]
      : [];
  // A rollout whose new pods do not come up leaves the old ones serving: all replicas are ready, and still not all is well.
  const stuck = (state?.data.pods ?? []).filter((pod) => !pod.ready && pod.phase !== 'Succeeded');
  const waiting =
    state !== undefined && rollout.length === 0 && stuck.length > 0
      ? [
          {
            evidence: state.id,
            workload,
            sentence: `${counted(stuck.length, 'pod')} of ${workload} ${stuck.length === 1 ? 'is' : 'are'} not ready`,
          },
        ]
      : [];
  const empty = scene
    .services(workload)
    .filter(({ data }) => data.ready === 0 && state?.data.replicas !== 0)
    .map(({ id, data }) => ({
      evidence: id,
      workload,
      sentence: `service ${data.service.name} has no ready endpoint`,
    }));
  const killed = (state?.data.pods ?? [])
    .flatMap(({ containers }) => containers)
    .some((container) => diedOfMemory(container) && isRecent(scene, container.lastTermination?.at ?? ''));
  const kills =
    killed && state !== undefined
      ? [{ evidence: state.id, workload, sentence: `a container of ${workload} was OOMKilled` }]
      : [];
  return [...rollout, ...waiting, ...empty, ...kills];
};

/** What is not well with the subject and its direct neighbours, objects first, then the signals that left their quiet band farthest. */
export const disturbancesOf = (scene: Scene): readonly Disturbance[] => {
  const near = new Set(neighbourhoodOf(scene, 1));
  const signals = scene.readings
    .filter(({ data }) => near.has(data.edge?.to ?? data.workload) && near.has(data.edge?.from ?? data.workload))
    .toSorted((left, right) => right.shift.score - left.shift.score)
    .flatMap(readingDisturbance);
  const waits = scene.waits
    .filter(({ data }) => near.has(data.workload) && near.has(data.edge?.from ?? data.workload))
    .flatMap(waitDisturbance);
  return [...[...near].flatMap((workload) => objectDisturbances(scene, workload)), ...signals, ...waits];
};
