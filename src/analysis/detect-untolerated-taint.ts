import type { Scene } from './scene.ts';
import { schedulingDetector } from './scheduling.ts';

const tainted = (scene: Scene) =>
  scene.nodes.filter(({ data }) => data.taints.some(({ key }) => !key.includes('kubernetes.io/')));

/** Pods wait because nodes carry a taint that they do not tolerate. */
export const untoleratedTaint = schedulingDetector({
  fault: 'untolerated-taint',
  component: (_scene, { message }) => /untolerated taint\(?s?\)? \{([^}:]+)/.exec(message)?.[1]?.trim(),
  witnesses: (scene) => tainted(scene).map(({ id }) => id),
});
