/** The disciplines, in the order in which the thread names them; a case has a finding of each. */
export const disciplines = ['network', 'database', 'compute'] as const;

/** Which specialist owns a fault. */
export type Discipline = (typeof disciplines)[number];

/** What each kind of fault is called, who owns it, and what it means in one sentence. The taxonomy of all verdicts. */
export const faults = {
  'bad-image': {
    discipline: 'compute',
    title: 'Bad image',
    meaning: 'A rollout names an image that cannot be pulled.',
  },
  'image-registry': {
    discipline: 'compute',
    title: 'Image registry unreachable',
    meaning: 'The registry that the image is named after cannot be found or reached.',
  },
  'image-pull-secret': {
    discipline: 'compute',
    title: 'Image pull secret missing',
    meaning: 'The registry refuses the pull because no valid pull secret is named.',
  },
  'wrong-command': {
    discipline: 'compute',
    title: 'Wrong command',
    meaning: 'The container cannot start because its command or arguments are not what the image has.',
  },
  'init-container': {
    discipline: 'compute',
    title: 'Init container stuck',
    meaning: 'An init container fails or never ends, so that the pod does not start.',
  },
  'crash-loop': {
    discipline: 'compute',
    title: 'Crash loop after a configuration change',
    meaning: 'The container exits soon after its start because its configuration is wrong.',
  },
  'missing-config': {
    discipline: 'compute',
    title: 'Missing configuration',
    meaning: 'A ConfigMap, a Secret or a key in it that the pod names does not exist.',
  },
  'volume-mount': {
    discipline: 'compute',
    title: 'Volume cannot be used',
    meaning: 'A volume is mounted but its permissions or its path keep the container from running.',
  },
  'memory-limit': {
    discipline: 'compute',
    title: 'Memory limit too low',
    meaning: 'The kernel kills the container because it needs more memory than its limit.',
  },
  'memory-leak': {
    discipline: 'compute',
    title: 'Memory leak',
    meaning: "The container's memory grows without its load growing, until the kernel kills it.",
  },
  'cpu-saturation': {
    discipline: 'compute',
    title: 'CPU saturation',
    meaning: 'The container uses all the CPU it may have while its load is ordinary.',
  },
  'request-too-large': {
    discipline: 'compute',
    title: 'Request larger than any node',
    meaning: 'The pod asks for more CPU or memory than any node has free.',
  },
  'quota-exceeded': {
    discipline: 'compute',
    title: 'Quota exhausted',
    meaning: "The namespace's quota refuses what the workload asks for.",
  },
  'limit-range': {
    discipline: 'compute',
    title: 'Outside the limit range',
    meaning: "The namespace's LimitRange refuses the container's resources.",
  },
  'missing-service-account': {
    discipline: 'compute',
    title: 'Missing service account',
    meaning: 'The pod names a service account that does not exist.',
  },
  'node-selector': {
    discipline: 'compute',
    title: 'Node selector matches no node',
    meaning: "No node carries the labels that the pod's node selector demands.",
  },
  'node-affinity': {
    discipline: 'compute',
    title: 'Node affinity matches no node',
    meaning: "No node satisfies the pod's required node affinity.",
  },
  'pod-anti-affinity': {
    discipline: 'compute',
    title: 'Anti-affinity leaves no node',
    meaning: "The pod's required anti-affinity rules out every node.",
  },
  'untolerated-taint': {
    discipline: 'compute',
    title: 'Untolerated taint',
    meaning: 'The nodes carry a taint that the pod does not tolerate.',
  },
  'node-cordoned': {
    discipline: 'compute',
    title: 'Node cordoned',
    meaning: 'The nodes on which the pod could run are marked unschedulable.',
  },
  'readiness-probe': {
    discipline: 'compute',
    title: 'Readiness probe broken',
    meaning: 'The container runs but its readiness probe asks the wrong thing, so that it gets no traffic.',
  },
  'liveness-probe': {
    discipline: 'compute',
    title: 'Liveness probe broken',
    meaning: 'The kubelet restarts a healthy container because its liveness probe asks the wrong thing or too early.',
  },
  'rollout-strategy': {
    discipline: 'compute',
    title: 'Rollout strategy unsafe',
    meaning: 'The update strategy took away every working pod before a new one was ready.',
  },
  'rollout-paused': {
    discipline: 'compute',
    title: 'Rollout paused',
    meaning: 'A person paused the rollout: it will not go on, and it is not for the bot to resume.',
  },
  'port-conflict': {
    discipline: 'compute',
    title: 'Port conflict',
    meaning: 'Two containers of a pod, or two pods of a node, want the same port.',
  },
  'admission-refused': {
    discipline: 'compute',
    title: 'Pod refused at admission',
    meaning: "An admission webhook or the pod security level refuses the workload's pods.",
  },
  'priority-preempted': {
    discipline: 'compute',
    title: 'Preempted by priority',
    meaning: "Pods of a higher priority take the place of the workload's pods.",
  },
  autoscaler: {
    discipline: 'compute',
    title: 'Autoscaler cannot act',
    meaning: 'The HorizontalPodAutoscaler has no metric to act on or is at its bound.',
  },
  'scaled-to-zero': {
    discipline: 'compute',
    title: 'Scaled to zero',
    meaning: 'The workload is asked to run no replica although others call it.',
  },
  'pods-killed': {
    discipline: 'compute',
    title: 'Pods killed',
    meaning: 'Pods or containers were killed from outside and come back by themselves.',
  },
  'load-surge': {
    discipline: 'compute',
    title: 'Load surge',
    meaning: 'Far more requests than usual arrive; the workload does what it can.',
  },
  'code-fault': {
    discipline: 'compute',
    title: 'Application fault',
    meaning: "The workload's own code fails or answers wrongly; nothing around it is at fault.",
  },
  'node-down': {
    discipline: 'compute',
    title: 'Node down',
    meaning: "A node's kubelet or container runtime has stopped, so that its pods cannot be run or reported.",
  },
  'scheduler-down': {
    discipline: 'compute',
    title: 'Scheduler down',
    meaning: 'Pods wait without any scheduling attempt because the scheduler does not run.',
  },
  'network-delay': {
    discipline: 'network',
    title: 'Network delay',
    meaning: 'Calls on one edge wait in the network: the caller sees latency that the callee does not.',
  },
  'network-loss': {
    discipline: 'network',
    title: 'Packet loss',
    meaning: 'Calls on one edge fail or are retried in the network although the callee is well.',
  },
  'network-policy': {
    discipline: 'network',
    title: 'Network policy blocks',
    meaning: 'A NetworkPolicy keeps the workload from being called or from calling.',
  },
  'dns-failure': {
    discipline: 'network',
    title: 'Name resolution fails',
    meaning: 'Names of services cannot be resolved although the services exist.',
  },
  'service-port': {
    discipline: 'network',
    title: 'Service port points nowhere',
    meaning: 'The Service sends to a port on which its pods do not listen.',
  },
  'service-protocol': {
    discipline: 'network',
    title: 'Service protocol wrong',
    meaning: 'The Service forwards another transport protocol than its pods speak.',
  },
  'selector-drift': {
    discipline: 'network',
    title: 'Service selector drift',
    meaning: 'The Service selects no ready pod although the workload has some.',
  },
  'service-missing': {
    discipline: 'network',
    title: 'Service missing',
    meaning: 'Callers name a Service that does not exist.',
  },
  'traffic-policy': {
    discipline: 'network',
    title: 'Traffic kept on the node',
    meaning: "The Service's internal traffic policy drops calls from nodes that have no pod of it.",
  },
  'wrong-address': {
    discipline: 'network',
    title: 'Wrong address of a dependency',
    meaning: 'The workload is configured with a host or port at which its dependency is not served.',
  },
  'gateway-route': {
    discipline: 'network',
    title: 'Gateway route wrong',
    meaning: 'The ingress or gateway sends a route to the wrong backend.',
  },
  'mesh-policy': {
    discipline: 'network',
    title: 'Mesh policy denies',
    meaning: "The service mesh's authorisation or authentication policy refuses the calls.",
  },
  'kube-proxy-down': {
    discipline: 'network',
    title: 'kube-proxy down',
    meaning: "A node's kube-proxy has stopped, so that Services cannot be reached from its pods.",
  },
  'connection-exhaustion': {
    discipline: 'database',
    title: 'Connections exhausted',
    meaning: 'The data store refuses new clients because its connection limit is reached.',
  },
  'database-credentials': {
    discipline: 'database',
    title: 'Database refuses the credentials',
    meaning: 'The data store rejects the user name or password that its client uses.',
  },
  'database-read-only': {
    discipline: 'database',
    title: 'Database is read-only',
    meaning: 'The data store answers reads and refuses writes.',
  },
  'database-address': {
    discipline: 'database',
    title: 'Wrong address of the database',
    meaning: 'The client is configured with a host or port at which no data store listens.',
  },
  'volume-claim': {
    discipline: 'database',
    title: 'Volume claim cannot be bound',
    meaning: 'The claim asks for a class, size, access mode or label that no volume offers.',
  },
  'volume-occupied': {
    discipline: 'database',
    title: 'Volume still claimed',
    meaning: 'The volume that the claim needs is bound to, or still reserved for, another claim.',
  },
  none: { discipline: 'compute', title: 'No fault found', meaning: 'Everything that was looked at is well.' },
} as const satisfies Record<string, { discipline: Discipline; title: string; meaning: string }>;

/** The name of a fault in the taxonomy. */
export type FaultName = keyof typeof faults;

/** All fault names, `none` included. */
export const faultNames = Object.keys(faults) as readonly FaultName[];
