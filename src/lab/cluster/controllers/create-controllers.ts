import type { ContainerJudge } from '../../world/world.ts';
import type { Controller, ControllerDeps } from './controller.ts';
import { createDeploymentController } from './deployment/deployment-controller.ts';
import { createEndpointsController } from './endpoints-controller.ts';
import { createGarbageCollector } from './garbage-collector.ts';
import { createKubelet } from './kubelet/kubelet.ts';
import { createNamespaceController } from './namespace-controller.ts';
import { createNodeHeartbeat } from './node-heartbeat.ts';
import { createQuotaController } from './quota-controller.ts';
import { createReplicaSetController } from './replica-set-controller.ts';
import { createScheduler } from './scheduling/scheduler.ts';

/** All loops of the small cluster: a new one is one line here. */
export const createControllers = (deps: ControllerDeps, judge: ContainerJudge): readonly Controller[] => [
  createNamespaceController(deps),
  createNodeHeartbeat(deps),
  createDeploymentController(deps),
  createReplicaSetController(deps),
  createScheduler(deps),
  createKubelet({ ...deps, judge }),
  createEndpointsController(deps),
  createGarbageCollector(deps),
  createQuotaController(deps),
];
