import { becauseOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { astrayPort, astraySureness, targetOf } from './service-ports.ts';
import { sufferingCallers } from './suffering.ts';

/** A Service forwards another transport protocol than the port of its pods is declared with. */
export const serviceProtocol: Detector = {
  fault: 'service-protocol',
  detect(scene, workload) {
    const state = scene.state(workload);
    const astray = astrayPort(scene, workload, (port, own) => {
      const target = targetOf(port, own);
      const alike = own.some(
        (entry) => entry.port === target?.port && entry.protocol.toUpperCase() === port.protocol.toUpperCase(),
      );
      return target !== undefined && !alike;
    });
    if (state === undefined || astray === undefined) return null;
    const { service, port, own, change } = astray;
    const name = service.data.service.name;
    return hypothesisOf({
      cause: { workload, fault: 'service-protocol', component: `service ${name}` },
      confidence: astraySureness(scene, workload, astray),
      evidence: [service.id, state.id, change?.id, ...sufferingCallers(scene, workload).map(({ id }) => id)],
      reasoning: `Service ${name} forwards ${port.protocol} on port ${port.port}, and the pods of ${workload} serve ${targetOf(port, own)?.protocol ?? 'another protocol'} there${becauseOf(scene, change)}`,
    });
  },
};
