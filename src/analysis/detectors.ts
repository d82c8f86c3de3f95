import type { Discipline } from '../domain/fault.ts';
import { admissionRefused } from './detect-admission-refused.ts';
import { autoscaler } from './detect-autoscaler.ts';
import { badImage } from './detect-bad-image.ts';
import { codeFault } from './detect-code-fault.ts';
import { connectionExhaustion } from './detect-connection-exhaustion.ts';
import { cpuSaturation } from './detect-cpu-saturation.ts';
import { crashLoop } from './detect-crash-loop.ts';
import { databaseAddress } from './detect-database-address.ts';
import { databaseCredentials } from './detect-database-credentials.ts';
import { databaseReadOnly } from './detect-database-read-only.ts';
import { dnsFailure } from './detect-dns-failure.ts';
import { gatewayRoute } from './detect-gateway-route.ts';
import { imagePullSecret } from './detect-image-pull-secret.ts';
import { imageRegistry } from './detect-image-registry.ts';
import { initContainer } from './detect-init-container.ts';
import { kubeProxyDown } from './detect-kube-proxy-down.ts';
import { limitRange } from './detect-limit-range.ts';
import { livenessProbe } from './detect-liveness-probe.ts';
import { loadSurge } from './detect-load-surge.ts';
import { memoryLeak } from './detect-memory-leak.ts';
import { memoryLimit } from './detect-memory-limit.ts';
import { meshPolicy } from './detect-mesh-policy.ts';
import { missingConfig } from './detect-missing-config.ts';
import { missingServiceAccount } from './detect-missing-service-account.ts';
import { networkDelay } from './detect-network-delay.ts';
import { networkPolicy } from './detect-network-policy.ts';
import { nodeAffinity } from './detect-node-affinity.ts';
import { nodeCordoned } from './detect-node-cordoned.ts';
import { nodeDown } from './detect-node-down.ts';
import { nodeDelay, nodeLoss } from './detect-node-network.ts';
import { nodeSelector } from './detect-node-selector.ts';
import { podAntiAffinity } from './detect-pod-anti-affinity.ts';
import { podsKilled } from './detect-pods-killed.ts';
import { portConflict } from './detect-port-conflict.ts';
import { priorityPreempted } from './detect-priority-preempted.ts';
import { quotaExceeded } from './detect-quota-exceeded.ts';
import { readinessProbe } from './detect-readiness-probe.ts';
import { requestTooLarge } from './detect-request-too-large.ts';
import { rolloutPaused } from './detect-rollout-paused.ts';
import { rolloutStrategy } from './detect-rollout-strategy.ts';
import { scaledToZero } from './detect-scaled-to-zero.ts';
import { schedulerDown } from './detect-scheduler-down.ts';
import { selectorDrift } from './detect-selector-drift.ts';
import { serviceMissing } from './detect-service-missing.ts';
import { servicePort } from './detect-service-port.ts';
import { serviceProtocol } from './detect-service-protocol.ts';
import { slowAlone } from './detect-slow-alone.ts';
import { trafficPolicy } from './detect-traffic-policy.ts';
import { untoleratedTaint } from './detect-untolerated-taint.ts';
import { volumeClaim, volumeOccupied } from './detect-volume-claim.ts';
import { volumeMount } from './detect-volume-mount.ts';
import { wrongAddress } from './detect-wrong-address.ts';
import { wrongCommand } from './detect-wrong-command.ts';
import type { Detector } from './detector.ts';

/** Which detectors each discipline runs. */
export const detectors: Readonly<Record<Discipline, readonly Detector[]>> = {
  network: [
    networkDelay,
    slowAlone,
    selectorDrift,
    kubeProxyDown,
    servicePort,
    serviceProtocol,
    serviceMissing,
    wrongAddress,
    networkPolicy,
    trafficPolicy,
    gatewayRoute,
    meshPolicy,
    dnsFailure,
    nodeDelay,
    nodeLoss,
  ],
  database: [connectionExhaustion, databaseAddress, databaseCredentials, databaseReadOnly, volumeClaim, volumeOccupied],
  compute: [
    badImage,
    imageRegistry,
    imagePullSecret,
    volumeMount,
    crashLoop,
    memoryLimit,
    memoryLeak,
    missingConfig,
    wrongCommand,
    initContainer,
    readinessProbe,
    livenessProbe,
    quotaExceeded,
    limitRange,
    missingServiceAccount,
    admissionRefused,
    requestTooLarge,
    nodeSelector,
    nodeAffinity,
    podAntiAffinity,
    untoleratedTaint,
    nodeCordoned,
    portConflict,
    cpuSaturation,
    codeFault,
    scaledToZero,
    rolloutPaused,
    rolloutStrategy,
    priorityPreempted,
    autoscaler,
    podsKilled,
    loadSurge,
    nodeDown,
    schedulerDown,
  ],
};
