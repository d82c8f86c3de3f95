import type { WorkloadData } from '../domain/evidence.ts';
import { complaintOf } from './complaints.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene } from './scene.ts';
import { schedulingDetector } from './scheduling.ts';

const onHost = schedulingDetector({ fault: 'port-conflict' });

const taken =
  /address already in use|EADDRINUSE|bind: address|port .* (?:is )?already (?:in use|allocated)|failed to bind/i;

/** A port that two containers of the template both say they listen on. */
const sharedPort = ({ containers }: WorkloadData): number | undefined => {
  const ports = containers.flatMap((container) => [...new Set((container.ports ?? []).map(({ port }) => port))]);
  return ports.find((port, index) => ports.indexOf(port) !== index);
};

/** Containers of one pod share its network: the second to bind a port fails. */
const inPod = (scene: Scene, workload: string) => {
  const state = scene.state(workload);
  if (state === undefined || state.data.containers.length < 2 || state.data.pods.every(({ ready }) => ready))
    return null;
  const port = sharedPort(state.data);
  const complaint = complaintOf(scene, workload, taken);
  if (port === undefined && complaint === undefined) return null;
  const change = changeOf(scene, workload, ({ path }) => /\/containers(\/\d+(\/ports.*)?)?$/.test(path));
  const sure = port === undefined ? confidence.strong : confidence.proven;
  return hypothesisOf({
    cause: { workload, fault: 'port-conflict', ...(port === undefined ? {} : { component: `port ${port}` }) },
    confidence: change === undefined ? sure : confidence.witnessed,
    evidence: [state.id, complaint?.log.id, change?.id],
    reasoning: `Two containers of ${workload} want ${port === undefined ? 'the same port' : `port ${port}`} of their pod${becauseOf(scene, change)}`,
  });
};

/** Pods wait for a port that another pod of every node holds, or two containers of a pod want the same port. */
export const portConflict: Detector = {
  fault: 'port-conflict',
  detect: (scene, workload) => onHost.detect(scene, workload) ?? inPod(scene, workload),
};
