import { setTimeout as pause } from 'node:timers/promises';
import type { Json, JsonObject } from '../domain/json.ts';
import { pointerOf } from '../domain/json-pointer.ts';
import { sameJson } from '../domain/json-read.ts';
import type { DrillObject, Inject } from './drill-file.ts';
import { drillObjectOf, type KubeApi } from './kube-api.ts';

/** What breaks things: the cluster's API, and the laboratory's chaos where there is a laboratory. */
export interface Saboteur {
  readonly api: KubeApi;
  readonly chaos: (fault: string, workload: string | undefined) => void;
}

/** Puts one thing back. */
export type Undo = () => Promise<void>;

/** Fields that the server writes itself, and that no client may send again. */
const serverFields = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
];

const asNew = ({ status: _status, ...object }: JsonObject): JsonObject => {
  const metadata = Object.entries((object.metadata ?? {}) as JsonObject).filter(([key]) => !serverFields.includes(key));
  return { ...object, metadata: Object.fromEntries(metadata) };
};

const setting = (path: string, was: Json | undefined, is: Json | undefined): readonly Json[] => {
  if (sameJson(was, is)) return [];
  if (was === undefined) return [{ op: 'remove', path }];
  return [{ op: is === undefined ? 'add' : 'replace', path, value: was }];
};

/** The JSON patch that makes an object what it was, its status and the server's own fields aside. */
export const restoringPatch = (was: JsonObject, is: JsonObject): readonly Json[] => {
  const parts = new Set(
    [...Object.keys(was), ...Object.keys(is)].filter(
      (key) => !['status', 'metadata', 'apiVersion', 'kind'].includes(key),
    ),
  );
  const metadata = (object: JsonObject, key: string): Json | undefined => ((object.metadata ?? {}) as JsonObject)[key];
  return [
    ...[...parts].flatMap((key) => setting(pointerOf(key), was[key], is[key])),
    ...['labels', 'annotations'].flatMap((key) =>
      setting(pointerOf('metadata', key), metadata(was, key), metadata(is, key)),
    ),
  ];
};

/** Makes an object what it was, whatever it is now: changed, gone, or just so. */
export const restore = async (api: KubeApi, was: JsonObject): Promise<void> => {
  const ref = drillObjectOf(was);
  const is = await api.get(ref);
  if (is === null) {
    await api.create(asNew(was));
    return;
  }
  const body = restoringPatch(was, is);
  if (body.length > 0) await api.patch(ref, { type: 'json', body });
};

const remove = async (api: KubeApi, ref: DrillObject): Promise<void> => {
  if ((await api.get(ref)) !== null) await api.delete(ref);
};

const need = async (api: KubeApi, ref: DrillObject): Promise<JsonObject> => {
  const object = await api.get(ref);
  if (object === null) throw new Error(`there is no ${ref.kind} ${ref.name}`);
  return object;
};

const nothing: Undo = () => Promise.resolve();

/** Does one step of the injection; the answer undoes it. Rejects in the server's words. */
const applyOne = async ({ api, chaos }: Saboteur, step: Inject): Promise<Undo> => {
  if (step.patch !== undefined) {
    const was = await need(api, step.patch);
    await api.patch(step.patch, step.patch);
    return () => restore(api, was);
  }
  if (step.create !== undefined) {
    const made = (await api.create(step.create as JsonObject)) as JsonObject;
    return () => remove(api, drillObjectOf({ ...(step.create as JsonObject), ...made }));
  }
  if (step.delete !== undefined) {
    const was = await need(api, step.delete);
    await api.delete(step.delete);
    return () => restore(api, was);
  }
  if (step.chaos !== undefined) chaos(step.chaos.fault, step.chaos.workload);
  if (step.wait !== undefined) await pause(step.wait.seconds * 1000);
  return nothing;
};

/** Does the whole injection in order. `undone` is told the way back of each step at once, so that a failure half-way can be undone too. */
export const applyInject = async (
  saboteur: Saboteur,
  steps: readonly Inject[],
  undone: (undo: Undo) => void,
): Promise<void> => {
  for (const [index, step] of steps.entries()) {
    try {
      undone(await applyOne(saboteur, step));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`inject.${index} could not be done: ${reason}`, { cause: error });
    }
  }
};
