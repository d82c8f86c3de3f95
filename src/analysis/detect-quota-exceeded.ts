import { confidence } from './confidence.ts';
import { refusalDetector } from './creation-refusal.ts';
import { callersInVain } from './detect-service-missing.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { fullServiceQuota } from './squeezed-out.ts';

const refusedPods = refusalDetector({
  fault: 'quota-exceeded',
  // `exceeded quota: mem, requested: requests.memory=300Mi, used: ...` or `failed quota: mem: must specify limits.cpu ...`
  words: /(?:exceeded|failed) quota: ([^\s,:]+)(?:, requested: ([\w./-]+)=|: must specify ([\w./-]+))?/,
  component: ([, name, exceeded, missing]) => `quota ${name}, ${exceeded ?? missing ?? 'pods'}`,
  witnesses: ([, name], scene) => scene.quotas.filter(({ data }) => data.quota.name === name).map(({ id }) => id),
  suspects: ([, name = ''], scene) => scene.changesOf('ResourceQuota', name),
  ownFields: /\/resources(\/|$)|^\/spec\/replicas$/,
});

const refusedService: Detector['detect'] = (scene, workload) => {
  const quota = fullServiceQuota(scene);
  const callers = callersInVain(scene, workload);
  const [caller] = callers;
  if (quota === undefined || caller === undefined) return null;
  const { name } = quota.data.quota;
  return hypothesisOf({
    cause: { workload, fault: 'quota-exceeded', component: `quota ${name}, services` },
    confidence: confidence.proven,
    evidence: [quota.id, ...callers.slice(0, 4).map(({ id }) => id)],
    reasoning: `The quota ${name} has no room for another Service, and ${workload}, which ${caller.data.workload.name} is configured to call, has none.`,
  });
};

/** The namespace's quota refuses the workload's pods, or left no room for its Service. */
export const quotaExceeded: Detector = {
  fault: 'quota-exceeded',
  detect: (scene, workload) => refusedPods.detect(scene, workload) ?? refusedService(scene, workload),
};
