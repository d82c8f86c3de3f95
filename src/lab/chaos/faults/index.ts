import type { FaultKind } from '../fault.ts';
import { badImage } from './bad-image.ts';
import { cpuStress } from './cpu-stress.ts';
import { crashLoop } from './crash-loop.ts';
import { falseAlarm } from './false-alarm.ts';
import { memoryLeak } from './memory-leak.ts';
import { memoryLimit } from './memory-limit.ts';
import { missingConfig } from './missing-config.ts';
import { networkDelay } from './network-delay.ts';
import { networkPolicy } from './network-policy.ts';
import { nodeCordoned } from './node-cordoned.ts';
import { quotaExceeded } from './quota-exceeded.ts';
import { readinessProbe } from './readiness-probe.ts';
import { redisConnections } from './redis-connections.ts';
import { scaledToZero } from './scaled-to-zero.ts';
import { selectorDrift } from './selector-drift.ts';
import { servicePort } from './service-port.ts';

/** Every fault of the laboratory: a new one is a file here and a line below. */
export const faultKinds: readonly FaultKind[] = [
  badImage,
  crashLoop,
  memoryLimit,
  cpuStress,
  networkDelay,
  selectorDrift,
  scaledToZero,
  redisConnections,
  memoryLeak,
  readinessProbe,
  servicePort,
  missingConfig,
  networkPolicy,
  quotaExceeded,
  nodeCordoned,
  falseAlarm,
];
