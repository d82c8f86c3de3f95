import type { FaultKind } from '../fault.ts';
import { editContainer, findObject, mainContainer, needContainer } from '../objects.ts';
import { calledApplications } from '../shop-workloads.ts';

/** Tags that somebody might take for the next release; the registry has none of them. */
const missingTags = ['v0.10.3', 'v0.10.20', 'v0.11.0', 'v0.10.2-hotfix'] as const;

/** A rollout to an image tag that does not exist, as `kubectl set image` would start it. */
export const badImage: FaultKind = {
  name: 'bad-image',
  description: 'Starts a rollout to an image tag that the registry does not have.',
  defaultWorkload: 'recommendationservice',
  workloads: calledApplications,
  truth: (workload) => ({ workload, fault: 'bad-image' }),
  remedies: (workload) => [`roll-back:${workload}`, `revert-change:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const { name, image = '' } = needContainer(room, workload);
    const tag = missingTags[Math.floor(room.random() * missingTags.length)] ?? missingTags[0];
    const broken = `${image.replace(/:[^:/]*$/, '')}:${tag}`;
    const cause = `kubectl set image deployment/${workload} ${name}=${broken} --namespace=${room.world.namespace} --record=true`;
    const set = (wanted: string, why: string): void =>
      editContainer(room, { workload, signature: { tool: 'kubectl-set', cause: why } }, (container) => ({
        ...container,
        image: wanted,
      }));
    set(broken, cause);
    const isMended = (): boolean => {
      const now = mainContainer(findObject(room, 'deployments', workload))?.image;
      return now !== undefined && now !== broken;
    };
    return {
      done: `${workload} is rolling out ${broken}, which does not exist.`,
      isMended,
      mend: () => {
        if (!isMended()) set(image, `kubectl set image deployment/${workload} ${name}=${image}`);
      },
    };
  },
};
