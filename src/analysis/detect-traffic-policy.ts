import { confidence } from './confidence.ts';
import { becauseOf, changeOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene } from './scene.ts';
import { sufferingCallers } from './suffering.ts';
import { callersOf } from './topology.ts';

const nodesOf = (scene: Scene, workload: string, isIn: (ready: boolean) => boolean): readonly string[] =>
  (scene.state(workload)?.data.pods ?? []).flatMap(({ node, ready, phase }) =>
    node !== undefined && phase === 'Running' && isIn(ready) ? [node] : [],
  );

/** Callers with a pod on a node that has no ready pod of the workload. */
const strandedCallers = (scene: Scene, workload: string): readonly string[] => {
  const served = new Set(nodesOf(scene, workload, (ready) => ready));
  if (served.size === 0) return [];
  return callersOf(scene.topology, workload).filter((caller) =>
    nodesOf(scene, caller, () => true).some((node) => !served.has(node)),
  );
};

const isMeasured = (scene: Scene, workload: string): boolean =>
  callersOf(scene.topology, workload).some((caller) => scene.reading(caller, 'error_ratio') !== undefined);

const sureness = (scene: Scene, workload: string, changed: boolean, harmed: boolean): number => {
  if (changed) return harmed || !isMeasured(scene, workload) ? confidence.witnessed : confidence.strong;
  if (harmed) return confidence.proven;
  return isMeasured(scene, workload) ? confidence.hint : confidence.likely;
};

/** A Service keeps calls on the caller's node, and callers run where no pod of the workload does. */
export const trafficPolicy: Detector = {
  fault: 'traffic-policy',
  detect(scene, workload) {
    const local = scene
      .services(workload)
      .find(({ data }) => data.trafficPolicy === 'Local' && data.matches.includes(workload));
    const stranded = local === undefined ? [] : strandedCallers(scene, workload);
    if (local === undefined || stranded.length === 0) return null;
    const { name } = local.data.service;
    const change = changeOf(
      scene,
      workload,
      ({ object, path }) => object.kind === 'Service' && object.name === name && path === '/spec/internalTrafficPolicy',
    );
    const harm = sufferingCallers(scene, workload);
    return hypothesisOf({
      cause: { workload, fault: 'traffic-policy', component: `service ${name}` },
      confidence: sureness(scene, workload, change !== undefined, harm.length > 0),
      evidence: [
        local.id,
        scene.state(workload)?.id,
        ...stranded.map((caller) => scene.state(caller)?.id),
        change?.id,
        ...harm.map(({ id }) => id),
      ],
      reasoning: `Service ${name} keeps calls on the node of the caller, and the nodes of ${stranded.join(', ')} have no ready pod of ${workload}${becauseOf(scene, change)}`,
    });
  },
};
