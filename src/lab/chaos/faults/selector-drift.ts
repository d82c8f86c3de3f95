import type { FaultKind } from '../fault.ts';
import { editSpec, findObject, needObject } from '../objects.ts';
import { calledWorkloads } from '../shop-workloads.ts';

type Labels = Readonly<Record<string, string>>;

/** A Service whose selector was edited so that it selects no pod. */
export const selectorDrift: FaultKind = {
  name: 'selector-drift',
  description: "Edits the Service's selector so that it no longer matches the workload's pods.",
  defaultWorkload: 'cartservice',
  workloads: calledWorkloads,
  truth: (workload) => ({ workload, fault: 'selector-drift' }),
  remedies: (workload) => [`patch-service:${workload}`, `revert-change:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const before: Labels = needObject(room, 'services', workload).spec.selector ?? {};
    const after = { ...before, app: `${before.app ?? workload}-v2` };
    const target = { plural: 'services', name: workload, signature: { tool: 'kubectl-edit' } };
    const set = (selector: Labels): void => editSpec(room, target, (spec) => ({ ...spec, selector }));
    set(after);
    const isMended = (): boolean => {
      const labels: Labels = findObject(room, 'deployments', workload)?.spec.template.metadata?.labels ?? {};
      const selector = Object.entries(findObject(room, 'services', workload)?.spec.selector ?? {});
      return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
    };
    return {
      done: `The Service ${workload} now selects app=${after.app}.`,
      isMended,
      mend: () => {
        if (!isMended()) set(before);
      },
    };
  },
};
