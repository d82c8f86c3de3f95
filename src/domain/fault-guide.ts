import type { FaultName } from './fault.ts';

/** What shows a fault, and what a person should look at when the bot may not act. `{ns}` and `{name}` stand for the cause's. */
export interface FaultGuide {
  readonly shows: string;
  readonly check: string;
}

/** The guide to every fault of the taxonomy. */
export const faultGuides: Readonly<Record<FaultName, FaultGuide>> = {
  'bad-image': {
    shows: 'a container waits with ErrImagePull or ImagePullBackOff',
    check: 'which image the template names and whether the registry has it: kubectl -n {ns} describe deployment {name}',
  },
  'image-registry': {
    shows: 'a container waits for its image while the registry, from which others were pulled, cannot be reached',
    check: 'name resolution and the way to the registry from the nodes; pull the image on a node by hand',
  },
  'image-pull-secret': {
    shows: 'the registry answers 401 or the kubelet cannot read the pull secret',
    check:
      'the pull secrets that the pods name, and whether their credentials are still valid: kubectl -n {ns} get serviceaccount,secret',
  },
  'wrong-command': {
    shows: 'the container cannot be started, or ends at once with 126 or 127',
    check: 'command and arguments against the image: kubectl -n {ns} get deployment {name} -o yaml',
  },
  'init-container': {
    shows: 'an init container fails or does not end',
    check: 'its log: kubectl -n {ns} logs deployment/{name} -c <init container>',
  },
  'crash-loop': {
    shows: 'a container ends again and again with an error, and not because of memory',
    check: 'its last words: kubectl -n {ns} logs deployment/{name} --previous',
  },
  'missing-config': {
    shows: 'pods wait with CreateContainerConfigError or FailedMount for a ConfigMap, a Secret or a key',
    check: 'what the template names and what is there: kubectl -n {ns} get configmap,secret',
  },
  'volume-mount': {
    shows: 'a container is held up and says that it may not use its files',
    check: 'owner and mode of the files in the volume, and fsGroup in the template',
  },
  'memory-limit': {
    shows: 'containers end with OOMKilled while their need is what it always was',
    check: 'what it needs against its limit: kubectl -n {ns} top pod -l app={name} --containers',
  },
  'memory-leak': {
    shows: 'memory climbs without the load climbing, until OOMKilled',
    check: 'which release began to climb, and a heap profile of it',
  },
  'cpu-saturation': {
    shows: 'CPU use stands at its limit, or far above its quiet level, while the load is ordinary',
    check: 'what burns the CPU: a profile of the process, and its limit',
  },
  'request-too-large': {
    shows: 'pods are Pending and the scheduler says Insufficient cpu or memory',
    check: 'requests against what the nodes have: kubectl describe nodes',
  },
  'quota-exceeded': {
    shows: 'the API server refuses pods or Services with "exceeded quota"',
    check: 'who uses the quota and whether it was meant to be so small: kubectl -n {ns} describe resourcequota',
  },
  'limit-range': {
    shows: 'the API server refuses pods because of the LimitRange',
    check: 'the bounds against the container: kubectl -n {ns} describe limitrange',
  },
  'missing-service-account': {
    shows: 'the API server refuses pods with "serviceaccount not found"',
    check: 'the account that the template names: kubectl -n {ns} get serviceaccount',
  },
  'node-selector': {
    shows: 'pods are Pending and no node carries the labels of their selector',
    check: 'the labels of the nodes: kubectl get nodes --show-labels',
  },
  'node-affinity': {
    shows: 'pods are Pending and no node satisfies their required affinity',
    check:
      'the affinity against the nodes: kubectl -n {ns} get deployment {name} -o yaml; kubectl get nodes --show-labels',
  },
  'pod-anti-affinity': {
    shows: 'pods are Pending and the scheduler names their anti-affinity',
    check: 'replicas against nodes; whether the rule may be a preference',
  },
  'untolerated-taint': {
    shows: 'pods are Pending and the scheduler names a taint',
    check: 'who tainted the nodes and why: kubectl describe nodes | grep -A2 Taints',
  },
  'node-cordoned': {
    shows: 'pods are Pending and the nodes that could take them are unschedulable',
    check: 'who cordoned the node and whether the work on it is done: kubectl get nodes',
  },
  'readiness-probe': {
    shows: 'containers run without a restart and are never ready',
    check: 'what the probe asks against what the container serves: kubectl -n {ns} describe pod -l app={name}',
  },
  'liveness-probe': {
    shows: 'the kubelet kills containers that had run well, and says that the liveness probe failed',
    check: 'port, protocol and timing of the probe against the start of the application',
  },
  'rollout-strategy': {
    shows: 'a rollout took down what worked before what is new was ready',
    check: 'maxUnavailable and maxSurge: kubectl -n {ns} get deployment {name} -o yaml',
  },
  'rollout-paused': {
    shows: 'the Deployment is paused',
    check: 'who paused it and why, before: kubectl -n {ns} rollout resume deployment/{name}',
  },
  'port-conflict': {
    shows: 'two containers of a pod, or two pods of a node, want the same port',
    check: 'the ports in the template: kubectl -n {ns} get deployment {name} -o yaml',
  },
  'admission-refused': {
    shows: 'a webhook or the pod security level refuses the pods',
    check:
      'which webhook, and whether it is well: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
  },
  'priority-preempted': {
    shows: 'pods were preempted by others of a higher priority',
    check: 'who preempted them: kubectl -n {ns} get events --field-selector reason=Preempted',
  },
  autoscaler: {
    shows: 'the HorizontalPodAutoscaler has no metric, or is at its bound',
    check: 'kubectl -n {ns} describe hpa {name}',
  },
  'scaled-to-zero': {
    shows: 'the workload is asked for no replica while others call it',
    check: 'who scaled it: kubectl -n {ns} get deployment {name} -o yaml --show-managed-fields',
  },
  'pods-killed': {
    shows: 'pods or containers were killed and came back',
    check: 'who kills them: chaos experiments, evictions, a job that deletes pods',
  },
  'load-surge': {
    shows: 'requests rose far above their quiet level everywhere',
    check: 'where the requests come from, and whether they are wanted',
  },
  'code-fault': {
    shows: 'traces or logs show calls that end early or take another way inside the workload',
    check: 'the last release and its error logs: kubectl -n {ns} logs deployment/{name}',
  },
  'node-down': {
    shows: 'the node is not ready, its lease is stale, or its kubelet or container runtime does not run',
    check: 'the node itself: systemctl status kubelet containerd',
  },
  'scheduler-down': {
    shows: 'pods are Pending without any scheduling event, and the scheduler does not run',
    check: 'systemctl status kube-scheduler on the control plane, or its static pod in kube-system',
  },
  'network-delay': {
    shows: 'callers wait longer than the callee accounts for',
    check: 'the way between the two: kubectl get networkchaos -A; the network of the node',
  },
  'network-loss': {
    shows: 'a node sends TCP segments again and what runs on it is slow',
    check: 'the network of the node: errors and drops of its interfaces',
  },
  'network-policy': {
    shows: 'a NetworkPolicy selects the workload and does not let its callers in',
    check: 'kubectl -n {ns} describe networkpolicy',
  },
  'dns-failure': {
    shows: 'the workload cannot resolve names of Services that exist',
    check: 'dnsPolicy of the pods, and CoreDNS: kubectl -n kube-system get pods -l k8s-app=kube-dns',
  },
  'service-port': {
    shows: 'the Service sends to a port that no container serves',
    check: 'kubectl -n {ns} describe service {name}',
  },
  'service-protocol': {
    shows: 'the Service forwards another transport protocol than the containers speak',
    check: 'kubectl -n {ns} get service {name} -o yaml',
  },
  'selector-drift': {
    shows: 'the Service selects no ready pod although the workload has some',
    check: 'the selector against the labels of the pods: kubectl -n {ns} get pods --show-labels',
  },
  'service-missing': {
    shows: 'callers name a Service that does not exist',
    check: 'whether it was deleted, and its manifest: kubectl -n {ns} get services',
  },
  'traffic-policy': {
    shows: 'the Service keeps calls on the node of the caller, and some nodes have no pod of it',
    check: 'kubectl -n {ns} get service {name} -o yaml',
  },
  'wrong-address': {
    shows: 'the workload is configured to call a host or port that nobody serves, and complains of it',
    check: 'kubectl -n {ns} set env deployment/{name} --list',
  },
  'gateway-route': {
    shows: 'the gateway sends a route to the wrong backend',
    check: 'kubectl -n {ns} describe ingress',
  },
  'mesh-policy': {
    shows: 'the mesh refuses the calls',
    check: 'kubectl -n {ns} get authorizationpolicies,servers',
  },
  'kube-proxy-down': {
    shows: 'kube-proxy of the node does not run',
    check: 'systemctl status kube-proxy on the node, or its pod in kube-system',
  },
  'connection-exhaustion': {
    shows: 'the connections of the data store stand at their limit, or clients are refused',
    check:
      'who holds the connections (CLIENT LIST, SHOW PROCESSLIST, pg_stat_activity), and the pool sizes of the clients',
  },
  'database-credentials': {
    shows: 'the data store rejects the user name or password of its client',
    check:
      'the Secret that the client uses against what the data store knows; whether pods were restarted after a rotation',
  },
  'database-read-only': {
    shows: 'clients are told that the data store only reads',
    check: 'whether it is a replica, out of disk, or was set read-only by hand',
  },
  'database-address': {
    shows: 'the client is configured with a host or port at which no data store listens',
    check: 'kubectl -n {ns} set env deployment/{name} --list',
  },
  'volume-claim': {
    shows: 'a claim is Pending and no volume satisfies its class, mode, size or labels',
    check: 'kubectl -n {ns} describe pvc; kubectl get pv,storageclass',
  },
  'volume-occupied': {
    shows: 'the volume that fits the claim is bound to, or kept for, another claim',
    check: 'whether the old claim is really gone; then the claimRef of the volume: kubectl get pv',
  },
  none: {
    shows: 'every signal, rollout and Service that was looked at is well',
    check: 'whether the alert asks the right thing',
  },
};

/** What to check, with the names of the cause filled in. */
export const checkFor = (cause: { readonly fault: FaultName; readonly workload: string }, namespace: string): string =>
  faultGuides[cause.fault].check.replaceAll('{ns}', namespace).replaceAll('{name}', cause.workload);
