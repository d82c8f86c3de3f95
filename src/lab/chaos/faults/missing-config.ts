import { profileOf } from '../../world/profiles.ts';
import { ChaosError, type ChaosRoom, type FaultKind } from '../fault.ts';
import { type ContainerSpec, editContainer, findObject, mainContainer, needContainer } from '../objects.ts';
import { configurableApplications } from '../shop-workloads.ts';

type EnvEntry = NonNullable<ContainerSpec['env']>[number];

const settingsOf = (workload: string): string => `${workload}-settings`;

/** The setting that is moved: the first that the application reads. */
const chosenEntry = (room: ChaosRoom, workload: string): EnvEntry => {
  const profile = profileOf(workload);
  const names = [...Object.values(profile.dependencies).map(({ env }) => env), profile.portEnv];
  const entry = (needContainer(room, workload).env ?? []).find(({ name }) => names.includes(name));
  if (entry === undefined) throw new ChaosError('not-possible', `${workload} reads no setting that could be moved.`);
  return entry;
};

const makeSettings = (room: ChaosRoom, workload: string): void => {
  if (findObject(room, 'configmaps', settingsOf(workload)) !== undefined) return;
  const metadata = { name: settingsOf(workload), namespace: room.world.namespace, labels: { app: workload } };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { LOG_LEVEL: 'info' } };
  room.store.create('configmaps', object, room.managerOf('kubectl-create'));
};

/** A setting moved into a ConfigMap, with the key forgotten there: new pods cannot be created. */
export const missingConfig: FaultKind = {
  name: 'missing-config',
  description: 'Moves a setting into a ConfigMap that lacks the key, so that new containers cannot be created.',
  defaultWorkload: 'recommendationservice',
  workloads: configurableApplications,
  truth: (workload) => ({ workload, fault: 'missing-config' }),
  remedies: (workload) => [`revert-change:${workload}`, `roll-back:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const before = chosenEntry(room, workload);
    const key = before.name.toLowerCase().replaceAll('_', '-');
    const valueFrom = { configMapKeyRef: { name: settingsOf(workload), key } };
    makeSettings(room, workload);
    const set = (entry: object): void =>
      editContainer(room, { workload, signature: { tool: 'kubectl-edit' } }, (container) => ({
        ...container,
        env: (container.env ?? []).map((own) => (own.name === before.name ? { name: own.name, ...entry } : own)),
      }));
    set({ valueFrom });
    const isMended = (): boolean => {
      const env = mainContainer(findObject(room, 'deployments', workload))?.env ?? [];
      const now = env.find(({ name }) => name === before.name);
      const held = findObject(room, 'configmaps', settingsOf(workload))?.data?.[key];
      return now !== undefined && (now.valueFrom === undefined || held !== undefined);
    };
    return {
      done: `${before.name} of ${workload} is now taken from the key ${key} of ConfigMap ${settingsOf(workload)}, which has no such key.`,
      isMended,
      mend: () => {
        if (!isMended()) set(before);
      },
    };
  },
};
