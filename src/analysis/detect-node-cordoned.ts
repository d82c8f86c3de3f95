import type { Scene } from './scene.ts';
import { schedulingDetector } from './scheduling.ts';

const cordoned = (scene: Scene) => scene.nodes.filter(({ data }) => data.unschedulable);

/** Pods wait because the nodes that could run them are marked unschedulable. */
export const nodeCordoned = schedulingDetector({
  fault: 'node-cordoned',
  component: (scene) => {
    const names = cordoned(scene).map(({ data }) => data.name);
    return names.length === 0 ? undefined : `node ${names.join(', ')}`;
  },
  witnesses: (scene) => cordoned(scene).map(({ id }) => id),
});
