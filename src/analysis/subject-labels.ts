/** Labels that name a namespace, most telling first. */
export const namespaceLabels = ['namespace', 'exported_namespace', 'kubernetes_namespace', 'k8s_namespace_name'];

/** Labels that name a workload and its kind, most telling first. */
export const kindLabels = [
  ['deployment', 'Deployment'],
  ['statefulset', 'StatefulSet'],
  ['daemonset', 'DaemonSet'],
] as const;

/** Labels that name something of a workload, most telling first. */
export const workloadLabels = ['workload', 'app', 'app_kubernetes_io_name', 'service_name', 'service'];

/** The labels that an alert is understood by: they are kept when not all can be. */
export const tellingLabels: readonly string[] = [
  'alertname',
  'severity',
  ...namespaceLabels,
  ...kindLabels.map(([label]) => label),
  ...workloadLabels,
  'pod',
  'summary',
  'description',
];
