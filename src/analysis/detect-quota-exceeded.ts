import { refusalDetector } from './creation-refusal.ts';

/** The namespace's quota refuses the workload's pods. */
export const quotaExceeded = refusalDetector({
  fault: 'quota-exceeded',
  words: /(?:exceeded|failed) quota: ([^\s,:]+)/,
  component: ([, name]) => `quota ${name}`,
  witnesses: ([, name], scene) => scene.quotas.filter(({ data }) => data.quota.name === name).map(({ id }) => id),
  suspects: ([, name = ''], scene) => scene.changesOf('ResourceQuota', name),
  ownFields: /\/resources(\/|$)|^\/spec\/replicas$/,
});
