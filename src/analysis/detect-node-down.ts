import type { NodeData } from '../domain/surroundings.ts';
import { confidence } from './confidence.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene, Seen } from './scene.ts';

/** The kubelet renews its lease every 10 s, and a node is given up after 40 s (kubelet's and node controller's defaults). */
const heartbeatMsMax = 40_000;

const runtimes = ['containerd', 'crio', 'docker'];

/** Words by which a kubelet reports that its container runtime, and not itself, is gone. */
const runtimeWords = /container runtime|runtime is down|PLEG|containerd|cri-o|dockerd/i;

const readyOf = ({ conditions }: NodeData) => conditions.find(({ type }) => type === 'Ready');

/** Against the newest heartbeat of any node, not against our own clock: clocks differ, and a list may be some seconds old. */
const isSilent = (scene: Scene, { heartbeatAt }: NodeData): boolean => {
  if (heartbeatAt === undefined) return false;
  const newest = Math.max(...scene.nodes.map(({ data }) => Date.parse(data.heartbeatAt ?? '') || 0));
  return newest - Date.parse(heartbeatAt) > heartbeatMsMax;
};

const inactive = (scene: Scene, name: string, units: readonly string[]) =>
  scene.units.find(({ data }) => data.node === name && !data.active && units.includes(data.unit));

/** Which part of the node has stopped, and why one may say so; null while the node lives. */
const trouble = (scene: Scene, node: Seen<NodeData> | undefined, name: string) => {
  const stopped = inactive(scene, name, ['kubelet', ...runtimes]);
  if (stopped !== undefined) {
    return { part: stopped.data.unit, why: `its service ${stopped.data.unit} does not run`, evidence: stopped.id };
  }
  if (node === undefined) return null;
  const ready = readyOf(node.data);
  if (!node.data.ready && ready !== undefined) {
    const message = ready.message ?? ready.reason ?? '';
    const part = runtimeWords.test(message) ? 'containerd' : 'kubelet';
    return { part, why: `it is not ready: ${message}`, evidence: node.id };
  }
  return isSilent(scene, node.data)
    ? { part: 'kubelet', why: 'its kubelet has stopped renewing its lease', evidence: node.id }
    : null;
};

/** A node's kubelet or container runtime has stopped: its own service, its Ready condition or its lease says so. */
export const nodeDown: Detector = {
  fault: 'node-down',
  of: 'node',
  detect(scene, name) {
    const node = scene.nodes.find(({ data }) => data.name === name);
    const found = trouble(scene, node, name);
    if (found === null) return null;
    return hypothesisOf({
      cause: { workload: name, on: 'node', fault: 'node-down', component: found.part },
      confidence: confidence.proven,
      evidence: [found.evidence, node?.id],
      reasoning: `The node ${name} is down: ${found.why}.`,
    });
  },
};
