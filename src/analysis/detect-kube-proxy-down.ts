import { confidence } from './confidence.ts';
import { type Detector, hypothesisOf } from './detector.ts';

/** A node's kube-proxy has stopped: the rules by which its pods reach Services grow stale. */
export const kubeProxyDown: Detector = {
  fault: 'kube-proxy-down',
  of: 'node',
  detect(scene, name) {
    const stopped = scene.units.find(({ data }) => data.node === name && data.unit === 'kube-proxy' && !data.active);
    return hypothesisOf({
      cause: { workload: name, on: 'node', fault: 'kube-proxy-down' },
      confidence: confidence.proven,
      evidence: [stopped?.id],
      reasoning: `The service kube-proxy of node ${name} does not run: its pods reach Services by rules that nobody keeps up.`,
    });
  },
};
