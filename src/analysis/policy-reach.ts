import type { ContainerPort } from '../domain/pod-template.ts';
import type { PolicyData, PolicyRule } from '../domain/surroundings.ts';
import type { Scene, Seen } from './scene.ts';
import { calleesOf, callersOf } from './topology.ts';

type Direction = 'ingress' | 'egress';

/** A call edge that the policies of a workload do not let through. */
export interface BarredEdge {
  readonly from: string;
  readonly to: string;
  readonly direction: Direction;
  /** The policies that isolate the workload in this direction: each of them, and none lets the call through. */
  readonly policies: readonly Seen<PolicyData>[];
}

const coversPort = ({ ports }: PolicyRule, own: readonly ContainerPort[]): boolean =>
  ports === undefined ||
  own.length === 0 ||
  ports.some(({ port, endPort }) =>
    own.some((declared) => {
      if (port === undefined || port === declared.name) return true;
      return typeof port === 'number' && declared.port >= port && declared.port <= (endPort ?? port);
    }),
  );

const meansPeer = ({ peers }: PolicyRule, workload: string): boolean =>
  peers === undefined || peers.some(({ workloads }) => workloads.includes(workload));

const portsOf = (scene: Scene, workload: string): readonly ContainerPort[] =>
  scene.state(workload)?.data.containers.flatMap(({ ports = [] }) => ports) ?? [];

const rulesOf = (policy: PolicyData, direction: Direction): readonly PolicyRule[] | undefined => policy[direction];

/** A peer beyond the namespace may be an address block that holds the caller: who it means cannot be told, so it is no bar. */
const mayMean = ({ peers }: PolicyRule): boolean =>
  peers?.some(({ beyond }) => beyond?.includes('/') === true) === true;

const isBarred = (
  scene: Scene,
  { from, to }: Pick<BarredEdge, 'from' | 'to'>,
  isolating: readonly Seen<PolicyData>[],
  direction: Direction,
): boolean => {
  const peer = direction === 'ingress' ? from : to;
  const rules = isolating.flatMap(({ data }) => rulesOf(data, direction) ?? []);
  return (
    isolating.length > 0 &&
    !rules.some((rule) => coversPort(rule, portsOf(scene, to)) && (meansPeer(rule, peer) || mayMean(rule)))
  );
};

/** The edges to and from a workload that its own policies bar. */
export const barredEdges = (scene: Scene, workload: string): readonly BarredEdge[] => {
  const isolating = (direction: Direction) =>
    scene.policies(workload).filter(({ data }) => rulesOf(data, direction) !== undefined);
  const edges = [
    ...callersOf(scene.topology, workload).map((from) => ({ from, to: workload, direction: 'ingress' as const })),
    ...calleesOf(scene.topology, workload).map((to) => ({ from: workload, to, direction: 'egress' as const })),
  ];
  return edges
    .map((edge) => ({ ...edge, policies: isolating(edge.direction) }))
    .filter((edge) => isBarred(scene, edge, edge.policies, edge.direction));
};
