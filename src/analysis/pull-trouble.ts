import { counted } from '../domain/counted.ts';
import type { FaultName } from '../domain/fault.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, containersWhere, eventIds, type PlacedContainer } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene } from './scene.ts';

const pullReasons = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
];

/** The registry was asked and wants to know who asks. A repository that "does not exist or may require authorization" says nothing. */
const unauthorized = /\b401\b|unauthorized|authentication required|no basic auth credentials/i;

/** The registry could not be asked at all. */
const unreachable =
  /no such host|i\/o timeout|connection refused|TLS handshake|network is unreachable|server misbehaving|x509/i;

/** The registry of an image reference: the part before the first slash when it looks like a host (distribution's own rule). */
const registryOf = (image: string): string => {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
};

/** Registries from which other workloads of the namespace run: their names are right, whatever else is wrong. */
const knownRegistries = (scene: Scene, workload: string): ReadonlySet<string> =>
  new Set(
    scene.workloads
      .filter((other) => other !== workload)
      .flatMap((other) => scene.state(other)?.data ?? [])
      .filter(({ ready }) => ready > 0)
      .flatMap(({ containers }) => containers.map(({ image }) => registryOf(image))),
  );

/** Words about the pull: the waiting container's own, and the events about its pods. */
const wordsAbout = (scene: Scene, workload: string, waiting: readonly PlacedContainer[]): string => {
  const pods = new Set(waiting.map(({ pod }) => pod));
  const told = scene
    .events(workload)
    .filter(({ data }) => pods.has(data.object.name) && /pull/i.test(data.message))
    .map(({ data }) => data.message);
  return [...waiting.map(({ container }) => container.message ?? ''), ...told].join(' ');
};

/** What a pull that fails comes from: a registry known to be right that cannot be reached, missing credentials, else the reference. */
const faultOf = (scene: Scene, workload: string, image: string, words: string): FaultName => {
  if (unreachable.test(words) && knownRegistries(scene, workload).has(registryOf(image))) return 'image-registry';
  const lostSecret = scene.events(workload).some(({ data }) => data.reason === 'FailedToRetrieveImagePullSecret');
  return lostSecret || unauthorized.test(words) ? 'image-pull-secret' : 'bad-image';
};

/** Makes the detector of one reason for which containers wait for their image: the pod's own state says that they do. */
export const pullDetector = (fault: FaultName): Detector => ({
  fault,
  detect(scene, workload) {
    const state = scene.state(workload);
    if (state === undefined) return null;
    const waiting = containersWhere(
      state.data,
      ({ state: phase, reason }) => phase === 'waiting' && pullReasons.includes(reason ?? ''),
    );
    const [first] = waiting;
    if (first === undefined) return null;
    const { name, image, reason } = first.container;
    if (faultOf(scene, workload, image, wordsAbout(scene, workload, waiting)) !== fault) return null;
    const change = changeOf(
      scene,
      workload,
      ({ path, after }) => (path.endsWith('/image') && after === image) || /\/imagePullSecrets(\/|$)/.test(path),
    );
    return hypothesisOf({
      cause: { workload, fault, component: `container ${name}` },
      confidence: change === undefined ? confidence.proven : confidence.witnessed,
      evidence: [state.id, change?.id, ...eventIds(scene, workload, ['Failed', 'BackOff', ...pullReasons])],
      reasoning: `${counted(waiting.length, 'container')} of ${workload} ${waiting.length === 1 ? 'waits' : 'wait'} with ${reason} for the image ${image}${becauseOf(scene, change)}`,
    });
  },
});
