import type { Probe } from '../../cluster/controllers/shapes.ts';
import type { FaultKind } from '../fault.ts';
import { type ContainerSpec, editContainer, findObject, mainContainer, needContainer } from '../objects.ts';
import { calledApplications } from '../shop-workloads.ts';

/** Somebody meant the port next door. */
const shift = 1;

const shiftedPort = (port: number | string | undefined): number => (typeof port === 'number' ? port + shift : 8_081);

const broken = (probe: Probe | undefined): Probe => {
  if (probe?.grpc !== undefined) return { ...probe, grpc: { ...probe.grpc, port: shiftedPort(probe.grpc.port) } };
  if (probe?.httpGet !== undefined) {
    return { ...probe, httpGet: { ...probe.httpGet, port: shiftedPort(probe.httpGet.port) } };
  }
  return { ...probe, tcpSocket: { port: shiftedPort(probe?.tcpSocket?.port) } };
};

const probeOf = (container: ContainerSpec | undefined): Probe | undefined => container?.readinessProbe;

const portOf = (probe: Probe | undefined): number | string | undefined =>
  probe?.grpc?.port ?? probe?.httpGet?.port ?? probe?.tcpSocket?.port;

/** A readiness probe that asks at a port where nobody listens: new pods never become ready, and the rollout hangs. */
export const readinessProbe: FaultKind = {
  name: 'readiness-probe',
  description: 'Edits the readiness probe so that it asks at a port where nobody listens.',
  defaultWorkload: 'shippingservice',
  workloads: calledApplications,
  truth: (workload) => ({ workload, fault: 'readiness-probe' }),
  remedies: (workload) => [`roll-back:${workload}`, `revert-change:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const before = probeOf(needContainer(room, workload));
    const after = broken(before);
    const set = (probe: Probe | undefined): void =>
      editContainer(room, { workload, signature: { tool: 'kubectl-edit' } }, ({ readinessProbe: _, ...container }) => ({
        ...container,
        ...(probe === undefined ? {} : { readinessProbe: probe }),
      }));
    set(after);
    const isMended = (): boolean => {
      const now = mainContainer(findObject(room, 'deployments', workload));
      return now !== undefined && portOf(probeOf(now)) !== portOf(after);
    };
    return {
      done: `The readiness probe of ${workload} now asks at port ${portOf(after)}.`,
      isMended,
      mend: () => {
        if (!isMended()) set(before);
      },
    };
  },
};
