import type { FieldChange, ServiceData, ServicePort, WorkloadData } from '../domain/evidence.ts';
import type { ContainerPort } from '../domain/pod-template.ts';
import { confidence } from './confidence.ts';
import { changeOf } from './containers.ts';
import type { Scene, Seen } from './scene.ts';
import { sufferingCallers } from './suffering.ts';
import { callersOf } from './topology.ts';

/** A port of a Service that leads to the workload's pods and not to what they serve. */
export interface AstrayPort {
  readonly service: Seen<ServiceData>;
  readonly port: ServicePort;
  readonly own: readonly ContainerPort[];
  readonly change: Seen<FieldChange> | undefined;
}

const portsOf = ({ containers }: WorkloadData): readonly ContainerPort[] =>
  containers.flatMap(({ ports = [] }) => ports);

/** The declared port that a target means; undefined when the containers declare none such. */
export const targetOf = (port: ServicePort, own: readonly ContainerPort[]): ContainerPort | undefined =>
  own.find((declared) => (typeof port.target === 'string' ? declared.name : declared.port) === port.target);

/** The first port of a Service of the workload that a test finds astray. A workload that declares no ports proves nothing. */
export const astrayPort = (
  scene: Scene,
  workload: string,
  isAstray: (port: ServicePort, own: readonly ContainerPort[]) => boolean,
): AstrayPort | undefined => {
  const state = scene.state(workload)?.data;
  const own = state === undefined ? [] : portsOf(state);
  if (own.length === 0) return undefined;
  return scene
    .services(workload)
    .filter(({ data }) => data.matches.includes(workload) && data.type !== 'ExternalName')
    .flatMap((service) =>
      (service.data.ports ?? [])
        .filter((port) => isAstray(port, own))
        .map((port) => {
          const isIt = ({ object, path }: FieldChange): boolean =>
            path.startsWith('/spec/ports') && object.kind === 'Service' && object.name === service.data.service.name;
          return { service, port, own, change: changeOf(scene, workload, isIt) };
        }),
    )[0];
};

const isMeasured = (scene: Scene, workload: string): boolean =>
  callersOf(scene.topology, workload).some(
    (caller) => (scene.edge(caller, workload, 'error_ratio') ?? scene.reading(caller, 'error_ratio')) !== undefined,
  );

/**
 * How sure an astray port is the trouble: declared ports are a note for people, so callers that are measured and well speak against it.
 */
export const astraySureness = (scene: Scene, workload: string, { change }: AstrayPort): number => {
  if (change !== undefined) return confidence.witnessed;
  if (sufferingCallers(scene, workload).length > 0) return confidence.proven;
  return isMeasured(scene, workload) ? confidence.hint : confidence.strong;
};

/** Whether a Service sends some port to what none of its pods declares: by number, by name or by protocol. */
export const leadsAstray = (
  { ports = [], matches, type }: ServiceData,
  workloads: readonly WorkloadData[],
): boolean => {
  const own = workloads.filter(({ workload }) => matches.includes(workload.name)).flatMap(portsOf);
  if (own.length === 0 || type === 'ExternalName') return false;
  return ports.some((port) => targetOf(port, own)?.protocol.toUpperCase() !== port.protocol.toUpperCase());
};
