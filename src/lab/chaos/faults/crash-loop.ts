import { profileOf } from '../../world/profiles.ts';
import { ChaosError, type ChaosRoom, type FaultKind } from '../fault.ts';
import { type ContainerSpec, editContainer, findObject, mainContainer, needContainer } from '../objects.ts';
import { configurableApplications } from '../shop-workloads.ts';

const envValue = (container: ContainerSpec | undefined, name: string): string | undefined =>
  container?.env?.find((entry) => entry.name === name)?.value;

/** An env var that the application reads at start, with a value that it cannot start with: an address that lost its port, or a port that is a word. */
const chooseEdit = (room: ChaosRoom, workload: string) => {
  const profile = profileOf(workload);
  const container = needContainer(room, workload);
  const names = [...Object.values(profile.dependencies).map(({ env }) => env), profile.portEnv ?? ''];
  const [first, ...others] = names.filter((name) => envValue(container, name) !== undefined);
  if (first === undefined) throw new ChaosError('not-possible', `${workload} reads no setting that could be broken.`);
  const name = [first, ...others.filter((other) => other !== profile.portEnv)][
    Math.floor(room.random() * (others.length + 1))
  ];
  const variable = name ?? first;
  const before = envValue(container, variable) ?? '';
  return { variable, before, after: before.includes(':') ? before.replace(/:.*$/, '') : 'http' };
};

/** An env var edited by hand to something that the application exits on. */
export const crashLoop: FaultKind = {
  name: 'crash-loop',
  description: 'Edits an environment variable so that the application exits at start.',
  defaultWorkload: 'checkoutservice',
  workloads: configurableApplications,
  truth: (workload) => ({ workload, fault: 'crash-loop' }),
  remedies: (workload) => [`roll-back:${workload}`, `revert-change:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const { variable, before, after } = chooseEdit(room, workload);
    const set = (value: string): void =>
      editContainer(room, { workload, signature: { tool: 'kubectl-edit' } }, (container) => ({
        ...container,
        env: (container.env ?? []).map((entry) => (entry.name === variable ? { name: variable, value } : entry)),
      }));
    set(after);
    const isMended = (): boolean => {
      const now = envValue(mainContainer(findObject(room, 'deployments', workload)), variable);
      return now !== undefined && now !== after;
    };
    return {
      done: `${variable} of ${workload} was changed from "${before}" to "${after}".`,
      isMended,
      mend: () => {
        if (!isMended()) set(before);
      },
    };
  },
};
