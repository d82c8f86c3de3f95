import { writerInWords } from '../domain/change-words.ts';
import type { ContainerState, FieldChange, WorkloadData } from '../domain/evidence.ts';
import type { Json } from '../domain/json.ts';
import type { Scene, Seen } from './scene.ts';

/** A container in its pod. */
export interface PlacedContainer {
  readonly pod: string;
  readonly container: ContainerState;
}

/** All containers of a workload's pods that satisfy the test. */
export const containersWhere = (
  state: WorkloadData,
  test: (container: ContainerState) => boolean,
): readonly PlacedContainer[] =>
  state.pods.flatMap((pod) => pod.containers.filter(test).map((container) => ({ pod: pod.name, container })));

/** Whether the container neither runs nor has done its work; an init container that ended well has. */
export const isHeldUp = ({ state, reason }: ContainerState): boolean => state !== 'running' && reason !== 'Completed';

/** Whether the container died of memory: now, or as its last end. */
export const diedOfMemory = (container: ContainerState): boolean =>
  container.reason === 'OOMKilled' || container.lastTermination?.reason === 'OOMKilled';

/** Whether something happened in the incident's window or shortly before it, and not in an old story. */
export const isRecent = (scene: Scene, at: string): boolean => at >= scene.context.baseline.to;

/** The newest change of a field that the workload's trouble may come from. */
export const changeOf = (
  scene: Scene,
  workload: string,
  test: (change: FieldChange) => boolean,
): Seen<FieldChange> | undefined => scene.changes(workload).find(({ data }) => test(data));

/** Ids of the events about the workload that explain what its objects already show. */
export const eventIds = (scene: Scene, workload: string, reasons: readonly string[]): readonly string[] =>
  scene
    .events(workload)
    .filter(({ data }) => reasons.includes(data.reason))
    .map(({ id }) => id);

const valueMax = 80;

const shown = (value: Json | undefined): string => {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > valueMax ? `${text.slice(0, valueMax)}...` : text;
};

/** A recorded change in words: `kubectl-set changed /spec/replicas from 1 to 0`. */
export const changeInWords = ({ path, before, after, ...written }: FieldChange): string =>
  `${writerInWords(written)} changed ${path} from ${shown(before)} to ${shown(after)}`;

/** A change within this time before the window is what people call "just before". */
const justBeforeMs = 300_000;

/** Ends a sentence with the recorded change, where there is one. */
export const becauseOf = (scene: Scene, change: Seen<FieldChange> | undefined): string => {
  if (change === undefined) return '.';
  const { at, unwatchedSince } = change.data;
  if (unwatchedSince !== undefined) return `; ${changeInWords(change.data)}.`;
  const isNear = Date.parse(at) >= Date.parse(scene.context.window.from) - justBeforeMs;
  return `; ${isNear ? 'just before' : `earlier, at ${at}`}, ${changeInWords(change.data)}.`;
};
