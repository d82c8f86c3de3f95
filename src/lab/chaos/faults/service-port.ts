import type { FaultKind } from '../fault.ts';
import { editSpec, findObject, needObject } from '../objects.ts';
import { calledWorkloads } from '../shop-workloads.ts';

interface ServicePort {
  readonly targetPort?: number | string;
  readonly [field: string]: unknown;
}

const firstTarget = (ports: readonly ServicePort[] | undefined): unknown => ports?.[0]?.targetPort;

/** A Service whose target port is one off: its endpoints are ready, and every call is refused. */
export const servicePort: FaultKind = {
  name: 'service-port',
  description: "Edits the Service's target port so that nobody listens where it sends.",
  defaultWorkload: 'currencyservice',
  workloads: calledWorkloads,
  truth: (workload) => ({ workload, fault: 'service-port' }),
  remedies: (workload) => [`revert-change:${workload}`, `patch-service:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const before: readonly ServicePort[] = needObject(room, 'services', workload).spec.ports ?? [];
    const target = firstTarget(before);
    const wrong = typeof target === 'number' ? target + 1 : 9_999;
    const signature = { tool: 'kubectl-edit' };
    const set = (ports: readonly ServicePort[]): void =>
      editSpec(room, { plural: 'services', name: workload, signature }, (spec) => ({ ...spec, ports }));
    set(before.map((port, index) => (index === 0 ? { ...port, targetPort: wrong } : port)));
    const isMended = (): boolean => {
      const ports = findObject(room, 'services', workload)?.spec.ports;
      return ports !== undefined && firstTarget(ports) !== wrong;
    };
    return {
      done: `The Service ${workload} now sends to port ${wrong} of its pods.`,
      isMended,
      mend: () => {
        if (!isMended()) set(before);
      },
    };
  },
};
