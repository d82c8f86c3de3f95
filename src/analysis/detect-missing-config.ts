import type { FieldChange, PodState, WorkloadData } from '../domain/evidence.ts';
import type { Reference } from '../domain/pod-template.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, containersWhere, eventIds } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene, Seen } from './scene.ts';

const config = ['ConfigMap', 'Secret'];

/** The kubelet's words: `configmap "x" not found`, `couldn't find key k in ConfigMap shop/x`, `references non-existent config key: k`. */
const complaint =
  /(configmap|secret) "([^"]+)" not found|find key (\S+) in (ConfigMap|Secret) [^/\s]*\/(\S+)|non-existent (?:config|secret) key: (\S+)/i;

const isMissing = ({ kind, optional, state }: Reference): boolean =>
  config.includes(kind) && !optional && (state === 'missing' || state === 'key-missing');

/** Waits to be created: nothing of it has started. */
const isStuck = (pod: PodState): boolean =>
  pod.phase === 'Pending' && pod.node !== undefined && pod.containers.every(({ state }) => state !== 'running');

const nameOf = ({ kind, name, key }: Pick<Reference, 'kind' | 'name' | 'key'>): string =>
  key === undefined ? `${kind} ${name}` : `key ${key} of ${kind} ${name}`;

const toldBy = (message: string): string | undefined => {
  const [, kind, name, key, holder, held, item] = complaint.exec(message) ?? [];
  if (name !== undefined) return `${kind?.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap'} ${name}`;
  if (key !== undefined) return `key ${key} of ${holder} ${held}`;
  return item === undefined ? undefined : `key ${item}`;
};

/** What is missing, by the kubelet's own words where it waits, else by the references of pods that are stuck. */
const missingOf = (scene: Scene, workload: string, state: WorkloadData) => {
  const refused = containersWhere(
    state,
    ({ state: phase, reason }) => phase === 'waiting' && reason === 'CreateContainerConfigError',
  )[0];
  const lost = state.references?.filter(isMissing) ?? [];
  const mounts = scene
    .events(workload)
    .filter(({ data }) => data.reason === 'FailedMount' && complaint.test(data.message));
  const stuck = state.pods.some(isStuck);
  if (refused !== undefined) {
    const what = toldBy(refused.container.message ?? '') ?? (lost[0] === undefined ? undefined : nameOf(lost[0]));
    return what === undefined ? undefined : { what, events: mounts };
  }
  if (!stuck) return undefined;
  const what = lost[0] === undefined ? toldBy(mounts[0]?.data.message ?? '') : nameOf(lost[0]);
  return what === undefined ? undefined : { what, events: mounts };
};

const names = ({ object }: FieldChange, what: string): boolean =>
  config.includes(object.kind) && what.split(' ').includes(object.name);

const isAboutIt =
  (what: string) =>
  (change: FieldChange): boolean =>
    names(change, what) || /\/(env|envFrom|volumes|volumeMounts)(\/|$)|\/containers\/\d+$/.test(change.path);

const changeBehind = (scene: Scene, workload: string, what: string): Seen<FieldChange> | undefined => {
  const name = what.split(' ').at(-1) ?? '';
  const kind = what.includes('Secret') ? 'Secret' : 'ConfigMap';
  return scene.changesOf(kind, name)[0] ?? changeOf(scene, workload, isAboutIt(what));
};

/** Pods cannot start because a ConfigMap, a Secret or a key in it that they name does not exist. */
export const missingConfig: Detector = {
  fault: 'missing-config',
  detect(scene, workload) {
    const state = scene.state(workload);
    const missing = state === undefined ? undefined : missingOf(scene, workload, state.data);
    if (state === undefined || missing === undefined) return null;
    const change = changeBehind(scene, workload, missing.what);
    return hypothesisOf({
      cause: { workload, fault: 'missing-config', component: missing.what },
      confidence: change === undefined ? confidence.proven : confidence.witnessed,
      evidence: [
        state.id,
        change?.id,
        ...missing.events.map(({ id }) => id),
        ...eventIds(scene, workload, ['Failed', 'FailedMount']),
      ],
      reasoning: `Pods of ${workload} cannot start: ${missing.what} is not there${becauseOf(scene, change)}`,
    });
  },
};
