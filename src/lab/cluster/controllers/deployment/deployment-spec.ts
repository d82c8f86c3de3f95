import type { KubeObject } from '../../kube-object.ts';
import type { PodTemplate } from '../shapes.ts';

/** A Deployment's wishes with every default filled in. */
export interface DeploymentSpec {
  readonly replicas: number;
  readonly template: PodTemplate;
  readonly paused: boolean;
  readonly recreate: boolean;
  /** Pods above and below `replicas` that a rolling update may use; never both zero. */
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly minReadySeconds: number;
  readonly progressDeadlineSeconds: number;
  readonly revisionHistoryLimit: number;
}

const share = (value: unknown, replicas: number, round: (share: number) => number): number => {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(String(value))?.[1];
  return percent === undefined ? 0 : round((Number(percent) * replicas) / 100);
};

/** Reads the spec; percentages become pods as Kubernetes rounds them: surge up, unavailable down. */
export const deploymentSpecOf = ({ spec }: KubeObject): DeploymentSpec => {
  const replicas: number = spec.replicas ?? 1;
  const rolling = spec.strategy?.rollingUpdate;
  const maxSurge = share(rolling?.maxSurge ?? '25%', replicas, Math.ceil);
  const maxUnavailable = share(rolling?.maxUnavailable ?? '25%', replicas, Math.floor);
  return {
    replicas,
    template: spec.template,
    paused: spec.paused === true,
    recreate: spec.strategy?.type === 'Recreate',
    maxSurge,
    // With neither room above nor below, a rollout could never begin.
    maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : Math.min(maxUnavailable, replicas),
    minReadySeconds: spec.minReadySeconds ?? 0,
    progressDeadlineSeconds: spec.progressDeadlineSeconds ?? 600,
    revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
  };
};
