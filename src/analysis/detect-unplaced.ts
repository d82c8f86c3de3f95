import type { FaultName } from '../domain/fault.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { whyUnplaced } from './unplaced.ts';

/** Where in the template each demand on nodes stands: a change there is the likely beginning. */
const fields: Readonly<Partial<Record<FaultName, RegExp>>> = {
  'node-selector': /\/nodeSelector(\/|$)/,
  'node-affinity': /\/affinity(\/|$)/,
  'pod-anti-affinity': /\/affinity(\/|$)|\/spec\/replicas$/,
  'untolerated-taint': /\/tolerations(\/|$)/,
  'request-too-large': /\/resources(\/|$)/,
};

const placementDetector = (fault: FaultName): Detector => ({
  fault,
  detect(scene, workload) {
    const found = whyUnplaced(scene, workload);
    if (found?.fault !== fault) return null;
    const change = changeOf(scene, workload, ({ path }) => fields[fault]?.test(path) ?? false);
    const sure = found.proven ? confidence.proven : confidence.corroborated;
    return hypothesisOf({
      cause: { workload, fault, ...(found.component === undefined ? {} : { component: found.component }) },
      confidence: change === undefined ? sure : confidence.witnessed,
      evidence: [...found.evidence.slice(0, 1), change?.id, ...found.evidence.slice(1)],
      reasoning: `${found.why}${becauseOf(scene, change)}`,
    });
  },
});

/** One detector for each reason for which the scheduler finds no node. */
export const unplacedDetectors: readonly Detector[] = (
  [
    'node-selector',
    'node-affinity',
    'pod-anti-affinity',
    'untolerated-taint',
    'request-too-large',
    'node-cordoned',
  ] as const
).map(placementDetector);
