import { kindLabels, namespaceLabels, workloadLabels } from '../analysis/subject-labels.ts';
import type { Alert } from '../domain/alert.ts';
import type { WorkloadRef } from '../domain/workload.ts';

const podSuffixes = [/-[0-9a-f]{6,10}-[a-z0-9]{5}$/, /-[0-9]{1,4}$/, /-[a-z0-9]{5}$/];

const workloadOfPod = (pod: string): string => {
  const suffix = podSuffixes.find((pattern) => pattern.test(pod));
  return suffix === undefined ? pod : pod.replace(suffix, '');
};

/** Kubernetes names only: anything else in a label is not a name, whatever it says. */
const asName = (text: string | undefined): string | undefined =>
  text !== undefined && /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text) ? text : undefined;

/** The namespace that an alert speaks of; `fallback` when no label says it. */
export const namespaceOf = (alert: Alert, fallback: string): string =>
  namespaceLabels.map((label) => asName(alert.labels[label])).find((name) => name !== undefined) ?? fallback;

/** The workload that an alert names, if it names one. Whether it exists is for the collector to find out. */
export const suspectOf = (alert: Alert, fallbackNamespace: string): WorkloadRef | undefined => {
  const namespace = namespaceOf(alert, fallbackNamespace);
  for (const [label, kind] of kindLabels) {
    const name = asName(alert.labels[label]);
    if (name !== undefined) return { namespace, kind, name };
  }
  const name = workloadLabels.map((label) => asName(alert.labels[label])).find((found) => found !== undefined);
  if (name !== undefined) return { namespace, kind: 'Deployment', name };
  const pod = asName(alert.labels.pod);
  return pod === undefined ? undefined : { namespace, kind: 'Deployment', name: workloadOfPod(pod) };
};
