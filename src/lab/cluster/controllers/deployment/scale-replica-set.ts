import type { KubeObject } from '../../kube-object.ts';
import type { ControllerDeps } from '../controller.ts';
import { deploymentSpecOf } from './deployment-spec.ts';
import { annotation, manager, withAnnotations } from './revisions.ts';

/** Gives a ReplicaSet its size and notes which total it was computed for; an event tells of a changed size. */
export const scaleReplicaSet = (
  deps: ControllerDeps,
  deployment: KubeObject,
  { set, size }: { readonly set: KubeObject; readonly size: number },
): KubeObject => {
  const { replicas, maxSurge } = deploymentSpecOf(deployment);
  const before: number = set.spec.replicas ?? 0;
  const annotated = withAnnotations(set, {
    [annotation.desired]: String(replicas),
    [annotation.max]: String(replicas + maxSurge),
  });
  const scaled = { ...annotated, spec: { ...set.spec, replicas: size } };
  const after = deps.store.update('replicasets', scaled, manager);
  if (before === size) return after;
  deps.events.record(deployment, {
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: `Scaled ${size > before ? 'up' : 'down'} replica set ${set.metadata.name} from ${before} to ${size}`,
    component: 'deployment-controller',
  });
  return after;
};
