import { refusalDetector } from './creation-refusal.ts';

/** The namespace's quota refuses the workload's pods. */
export const quotaExceeded = refusalDetector({
  fault: 'quota-exceeded',
  // `exceeded quota: mem, requested: requests.memory=300Mi, used: ...` or `failed quota: mem: must specify limits.cpu ...`
  words: /(?:exceeded|failed) quota: ([^\s,:]+)(?:, requested: ([\w./-]+)=|: must specify ([\w./-]+))?/,
  component: ([, name, exceeded, missing]) => `quota ${name}, ${exceeded ?? missing ?? 'pods'}`,
  witnesses: ([, name], scene) => scene.quotas.filter(({ data }) => data.quota.name === name).map(({ id }) => id),
  suspects: ([, name = ''], scene) => scene.changesOf('ResourceQuota', name),
  ownFields: /\/resources(\/|$)|^\/spec\/replicas$/,
});
