import { confidence } from './confidence.ts';
import { becauseOf, changeOf, containersWhere, eventIds } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';

const pullTroubles = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
];

/** A container waits because its image cannot be pulled: the pod's own state says so. */
export const badImage: Detector = {
  fault: 'bad-image',
  detect(scene, workload) {
    const state = scene.state(workload);
    if (state === undefined) return null;
    const [first, ...others] = containersWhere(
      state.data,
      ({ state: phase, reason }) => phase === 'waiting' && pullTroubles.includes(reason ?? ''),
    );
    if (first === undefined) return null;
    const { name, image, reason } = first.container;
    const change = changeOf(scene, workload, ({ path, after }) => path.endsWith('/image') && after === image);
    return hypothesisOf({
      cause: { workload, fault: 'bad-image', component: `container ${name}` },
      confidence: change === undefined ? confidence.proven : confidence.witnessed,
      evidence: [state.id, change?.id, ...eventIds(scene, workload, ['Failed', 'BackOff', ...pullTroubles])],
      reasoning: `${others.length + 1} container(s) of ${workload} wait with ${reason} for the image ${image}${becauseOf(scene, change)}`,
    });
  },
};
