import { counted } from '../domain/counted.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, eventIds } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { leakOf } from './memory-leak.ts';
import { formatBytes, formatSignal } from './signal-trait.ts';

/** Memory climbs without load until the kernel kills the container, although it had been given enough. */
export const memoryLeak: Detector = {
  fault: 'memory-leak',
  detect(scene, workload) {
    const state = scene.state(workload);
    const leak = leakOf(scene, workload);
    if (state === undefined || leak === null) return null;
    const { memory, load, killed } = leak;
    const { quiet = 0 } = memory.shift;
    const change = changeOf(scene, workload, ({ path }) => path.startsWith('/spec/template/spec'));
    const name = killed?.name ?? state.data.containers[0]?.name ?? workload;
    const end = killed === undefined ? 'nears its limit' : `was OOMKilled, ${counted(killed.restarts, 'restart')}`;
    const beside =
      load?.shift.quiet === undefined
        ? ''
        : ` while its load is ${formatSignal('request_rate', load.shift.now)} against ${formatSignal('request_rate', load.shift.quiet)} before`;
    return hypothesisOf({
      cause: { workload, fault: 'memory-leak', component: `container ${name}` },
      confidence: killed === undefined ? confidence.strong : confidence.proven,
      evidence: [
        memory.id,
        killed === undefined ? undefined : state.id,
        load?.id,
        change?.id,
        ...eventIds(scene, workload, ['OOMKilling', 'BackOff']),
      ],
      reasoning: `Container ${name} of ${workload} needed ${formatBytes(quiet)} in the quiet window, climbs and ${end}${beside}; nobody changed its limit${becauseOf(scene, change)}`,
    });
  },
};
