import { complaintOf } from './complaints.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, containersWhere, eventIds, isHeldUp } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';

const denied = /permission denied|operation not permitted|read-only file ?system|EACCES|EROFS/i;

const mountEvents = ['FailedMount', 'FailedAttachVolume'];

/** A container does not run because a volume that it mounts cannot be used: the kubelet's events or its own last words say so. */
export const volumeMount: Detector = {
  fault: 'volume-mount',
  detect(scene, workload) {
    const state = scene.state(workload);
    if (state === undefined) return null;
    const held = containersWhere(state.data, isHeldUp);
    if (held.length === 0) return null;
    const complaint = complaintOf(scene, workload, denied);
    const events = scene.events(workload).filter(({ data }) => denied.test(data.message));
    const own = held.some(({ container }) => denied.test(container.message ?? ''));
    if (complaint === undefined && events.length === 0 && !own) return null;
    const change = changeOf(scene, workload, ({ path }) => /\/(securityContext|volumeMounts|volumes)(\/|$)/.test(path));
    const words = complaint?.pattern.example ?? events[0]?.data.message ?? '';
    return hypothesisOf({
      cause: { workload, fault: 'volume-mount' },
      confidence: change === undefined ? confidence.corroborated + 0.01 : confidence.witnessed,
      evidence: [
        state.id,
        complaint?.log.id,
        ...events.map(({ id }) => id),
        change?.id,
        ...eventIds(scene, workload, mountEvents),
      ],
      reasoning: `A container of ${workload} cannot use its files: ${words.slice(0, 160)}${becauseOf(scene, change)}`,
    });
  },
};
