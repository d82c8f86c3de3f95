import type { ContainerState, FieldChange } from '../domain/evidence.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, containersWhere, diedOfMemory, eventIds } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';

const startReasons = ['StartError', 'RunContainerError', 'ContainerCannotRun', 'CreateContainerError'];
const startWords =
  /executable file not found|no such file or directory|exec format error|permission denied|not a directory/i;

/** What shells and runtimes say of a command that is not there, or may not be run. */
const startCodes = [126, 127, 128];

const saysSo = ({ reason, message }: Pick<ContainerState, 'reason' | 'message'>): boolean =>
  startReasons.includes(reason ?? '') && (message === undefined || startWords.test(message));

/** The runtime or the shell did not find what it was told to run. */
const cannotStart = (container: ContainerState): boolean => {
  const last = container.lastTermination;
  return (
    saysSo(container) || (last !== undefined && (last.reason === 'StartError' || startCodes.includes(last.exitCode)))
  );
};

const isCommand = ({ path }: FieldChange): boolean => /\/containers\/\d+\/(command|args)(\/|$)/.test(path);

const isCrashing = (container: ContainerState): boolean =>
  container.init !== true &&
  !diedOfMemory(container) &&
  container.state !== 'running' &&
  (container.lastTermination !== undefined || container.state === 'terminated');

/** The container cannot start because its command is not in the image, or ends at once since its command was changed. */
export const wrongCommand: Detector = {
  fault: 'wrong-command',
  detect(scene, workload) {
    const state = scene.state(workload);
    if (state === undefined) return null;
    const change = changeOf(scene, workload, isCommand);
    const [failed] = containersWhere(
      state.data,
      (container) => container.init !== true && container.state !== 'running' && cannotStart(container),
    );
    const [crashing] = change === undefined ? [] : containersWhere(state.data, isCrashing);
    const found = failed ?? crashing;
    if (found === undefined) return null;
    const { container } = found;
    const spec = state.data.containers.find(({ name }) => name === container.name);
    const command = [...(spec?.command ?? []), ...(spec?.args ?? [])].join(' ');
    return hypothesisOf({
      cause: { workload, fault: 'wrong-command', component: `container ${container.name}` },
      confidence: change === undefined ? confidence.proven : confidence.witnessed,
      evidence: [state.id, change?.id, ...eventIds(scene, workload, ['Failed', 'BackOff'])],
      reasoning: `Container ${container.name} of ${workload} cannot run ${command === '' ? 'its command' : `"${command.slice(0, 120)}"`}: ${container.reason ?? container.state}, exit code ${container.lastTermination?.exitCode ?? 'unknown'}${becauseOf(scene, change)}`,
    });
  },
};
