import { becauseOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { astrayPort, astraySureness, targetOf } from './service-ports.ts';
import { sufferingCallers } from './suffering.ts';

/** A Service finds the right pods and sends to a port that they do not serve. */
export const servicePort: Detector = {
  fault: 'service-port',
  detect(scene, workload) {
    const state = scene.state(workload);
    const astray = astrayPort(scene, workload, (port, own) => targetOf(port, own) === undefined);
    if (state === undefined || astray === undefined) return null;
    const { service, port, own, change } = astray;
    const name = service.data.service.name;
    const serves = own
      .map((entry) => (entry.name === undefined ? entry.port : `${entry.name} (${entry.port})`))
      .join(', ');
    return hypothesisOf({
      cause: { workload, fault: 'service-port', component: `service ${name}` },
      confidence: astraySureness(scene, workload, astray),
      evidence: [service.id, state.id, change?.id, ...sufferingCallers(scene, workload).map(({ id }) => id)],
      reasoning: `Service ${name} sends port ${port.port} to ${port.target} of the pods of ${workload}, which serve ${serves}${becauseOf(scene, change)}`,
    });
  },
};
