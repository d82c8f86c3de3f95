import type { Probe } from '../cluster/controllers/shapes.ts';
import type { KubeObject } from '../cluster/kube-object.ts';
import { ChaosError, type ChaosRoom } from './fault.ts';

/** A container as manifests write it; what chaos does not touch is kept. */
export interface ContainerSpec {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly readinessProbe?: Probe;
  readonly resources?: {
    readonly limits?: Readonly<Record<string, string>>;
    readonly requests?: Readonly<Record<string, string>>;
  };
}

/** The annotation in which kubectl records why a rollout happened. */
const changeCause = 'kubernetes.io/change-cause';

/** Looks up an object of the shop; undefined when somebody deleted it. */
export const findObject = (room: ChaosRoom, plural: string, name: string): KubeObject | undefined =>
  room.store.get(plural, room.world.namespace, name);

/** Looks up an object that a fault needs. Throws ChaosError when it is not there. */
export const needObject = (room: ChaosRoom, plural: string, name: string): KubeObject => {
  const object = findObject(room, plural, name);
  if (object === undefined) throw new ChaosError('not-possible', `There is no ${plural} "${name}" to break.`);
  return object;
};

/** The application's container in a Deployment's template; undefined when the Deployment is gone. */
export const mainContainer = (deployment: KubeObject | undefined): ContainerSpec | undefined =>
  (deployment?.spec.template.spec.containers ?? []).find(
    (container: ContainerSpec) => container.name !== 'linkerd-proxy',
  );

/** The application's container of a workload that a fault needs. Throws ChaosError when it is not there. */
export const needContainer = (room: ChaosRoom, workload: string): ContainerSpec => {
  const container = mainContainer(needObject(room, 'deployments', workload));
  if (container === undefined) throw new ChaosError('not-possible', `${workload} has no container to break.`);
  return container;
};

/** How a write is to be signed and explained. */
export interface Signature {
  readonly tool: string;
  readonly cause?: string;
}

/** Rewrites the spec of an object, if it is still there. */
export const editSpec = (
  room: ChaosRoom,
  target: { readonly plural: string; readonly name: string; readonly signature: Signature },
  // biome-ignore lint/suspicious/noExplicitAny: a spec is as loose here as in KubeObject
  edit: (spec: any) => unknown,
): void => {
  const object = findObject(room, target.plural, target.name);
  if (object === undefined) return;
  const { tool, cause } = target.signature;
  const annotations =
    cause === undefined ? object.metadata.annotations : { ...object.metadata.annotations, [changeCause]: cause };
  const metadata = { ...object.metadata, ...(annotations === undefined ? {} : { annotations }) };
  room.store.update(target.plural, { ...object, metadata, spec: edit(object.spec) }, room.managerOf(tool));
};

/** Rewrites the application's container in a Deployment's template, which starts a rollout. */
export const editContainer = (
  room: ChaosRoom,
  target: { readonly workload: string; readonly signature: Signature },
  edit: (container: ContainerSpec) => ContainerSpec,
): void => {
  const name = mainContainer(findObject(room, 'deployments', target.workload))?.name;
  const { workload, signature } = target;
  editSpec(room, { plural: 'deployments', name: workload, signature }, (spec) => ({
    ...spec,
    template: {
      ...spec.template,
      spec: {
        ...spec.template.spec,
        containers: spec.template.spec.containers.map((container: ContainerSpec) =>
          container.name === name ? edit(container) : container,
        ),
      },
    },
  }));
};

/** Pods that the workload's Deployment selects and that are not on their way out. */
export const podsOf = (room: ChaosRoom, workload: string): readonly KubeObject[] => {
  const selector = Object.entries(findObject(room, 'deployments', workload)?.spec.selector?.matchLabels ?? {});
  if (selector.length === 0) return [];
  return room.store
    .list('pods', room.world.namespace)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .filter(({ metadata }) => selector.every(([key, value]) => metadata.labels?.[key] === value));
};

/** The uids of the workload's pods, for effects that sit inside them. Throws ChaosError when there are none. */
export const needPodUids = (room: ChaosRoom, workload: string): readonly string[] => {
  const uids = podsOf(room, workload).map(({ metadata }) => metadata.uid ?? metadata.name);
  if (uids.length === 0) throw new ChaosError('not-possible', `${workload} has no pods to work in.`);
  return uids;
};
