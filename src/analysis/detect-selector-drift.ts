import { counted } from '../domain/counted.ts';
import type { ServiceData } from '../domain/evidence.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { sufferingCallers } from './suffering.ts';

const selectorInWords = ({ selector }: ServiceData): string =>
  Object.entries(selector)
    .map(([label, value]) => `${label}=${value}`)
    .join(',') || 'an empty selector';

/** A Service leads past the workload's ready pods: its selector matches none of them. */
export const selectorDrift: Detector = {
  fault: 'selector-drift',
  detect(scene, workload) {
    const state = scene.state(workload);
    if (state === undefined || state.data.ready === 0) return null;
    // A service without any selector is led by hand; it cannot drift.
    const drifted = scene
      .services(workload)
      .find(({ data }) => Object.keys(data.selector).length > 0 && !data.matches.includes(workload));
    if (drifted === undefined) return null;
    const { data } = drifted;
    const name = data.service.name;
    const change = changeOf(
      scene,
      workload,
      ({ object, path }) => object.kind === 'Service' && object.name === name && path.startsWith('/spec/selector'),
    );
    const suffering = sufferingCallers(scene, workload);
    return hypothesisOf({
      cause: { workload, fault: 'selector-drift', component: `service ${name}` },
      confidence: change === undefined ? confidence.proven : confidence.witnessed,
      evidence: [drifted.id, state.id, change?.id, ...suffering.map(({ id }) => id)],
      reasoning: `Service ${name} selects ${selectorInWords(data)} and finds ${counted(data.ready, 'ready endpoint')}, none of ${workload}, which has ${counted(state.data.ready, 'ready pod')}${becauseOf(scene, change)}`,
    });
  },
};
