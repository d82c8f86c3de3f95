import type { FaultName } from '../../src/domain/fault.ts';
import type { Cause } from '../../src/domain/finding.ts';
import type { Prediction } from './recorded-set.ts';

type Words = string | Readonly<Record<string, string>>;

/** The recording's word for each fault; where it has several, by a word of the cause's component, `other` for the rest. */
const words: Readonly<Partial<Record<FaultName, Words>>> = {
  'bad-image': 'incorrect_image_reference',
  'image-registry': 'image_registry_dns_failure',
  'image-pull-secret': 'missing_image_pull_secret',
  'missing-config': 'missing_secret_binding',
  'volume-mount': 'volume_mount_permission_denied',
  'memory-limit': 'oom_killed',
  'memory-leak': 'oom_killed',
  'cpu-saturation': 'pod_cpu_overload',
  'request-too-large': { memory: 'memory_capacity_mismatch', other: 'cpu_capacity_mismatch' },
  'quota-exceeded': {
    memory: 'namespace_memory_quota_exceeded',
    cpu: 'namespace_cpu_quota_exceeded',
    services: 'namespace_service_quota_exceeded',
    storage: 'namespace_storage_quota_exceeded',
    persistentvolumeclaims: 'namespace_storage_quota_exceeded',
    other: 'namespace_pod_quota_exceeded',
  },
  'missing-service-account': 'missing_service_account',
  'node-selector': 'node_selector_mismatch',
  'node-affinity': 'node_affinity_mismatch',
  'pod-anti-affinity': 'pod_anti_affinity_conflict',
  'untolerated-taint': 'taint_toleration_mismatch',
  'node-cordoned': 'node_cordon_mismatch',
  'readiness-probe': { protocol: 'readiness_probe_incorrect_protocol', other: 'readiness_probe_incorrect_port' },
  'liveness-probe': {
    protocol: 'liveness_probe_incorrect_protocol',
    timing: 'liveness_probe_incorrect_timing',
    other: 'liveness_probe_incorrect_port',
  },
  'port-conflict': 'service_sidecar_port_conflict',
  'scaled-to-zero': 'deployment_zero_replicas',
  'node-down': { containerd: 'containerd_unavailable', other: 'kubelet_unavailable' },
  'scheduler-down': 'kube_scheduler_unavailable',
  'network-delay': { node: 'node_network_delay', other: 'pod_network_delay' },
  'network-loss': { other: 'node_network_packet_loss' },
  'dns-failure': 'service_dns_resolution_failure',
  'service-port': 'service_port_mapping_mismatch',
  'service-protocol': 'service_protocol_mismatch',
  'selector-drift': 'service_selector_mismatch',
  'wrong-address': 'service_env_var_address_mismatch',
  'gateway-route': 'gateway_misroute',
  'kube-proxy-down': 'kube_proxy_unavailable',
  'connection-exhaustion': 'db_connection_exhaustion',
  'database-credentials': 'mysql_invalid_credentials',
  'database-read-only': 'db_read_only',
  'database-address': 'mysql_invalid_port',
  'volume-claim': {
    class: 'pvc_storage_class_mismatch',
    mode: 'pvc_access_mode_mismatch',
    capacity: 'pvc_capacity_mismatch',
    other: 'pvc_selector_mismatch',
  },
  'volume-occupied': 'pv_binding_occupied',
};

const wordFor = ({ fault, component = '', on }: Cause): string | undefined => {
  const known = words[fault];
  if (known === undefined || typeof known === 'string') return known;
  const told = `${on ?? ''} ${component}`.toLowerCase();
  return Object.entries(known).find(([part]) => told.includes(part))?.[1] ?? known.other;
};

/** A quota is the namespace's, whichever workload it refuses. */
const objectOf = ({ fault, on, workload }: Cause, namespace: string): string =>
  fault === 'quota-exceeded' ? `namespace/${namespace}` : `${on ?? 'app'}/${workload}`;

/** A cause in the recording's words; nothing where it has no word for it. */
export const labelsOf = (cause: Cause, namespace: string): readonly Prediction[] => {
  const root_cause = wordFor(cause);
  return root_cause === undefined ? [] : [{ object: objectOf(cause, namespace), root_cause }];
};
