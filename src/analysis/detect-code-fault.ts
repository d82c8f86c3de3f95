import type { PathShift } from '../domain/trace.ts';
import { bySignals, confidence } from './confidence.ts';
import { cpuStrainOf } from './cpu-strain.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene } from './scene.ts';
import { silentCallees } from './silent-callees.ts';
import { feltAs } from './suffering.ts';

/** Steps that mostly follow those of another workload further down are its echo. */
const ownShareMin = 0.5;

const isOwn = ({ own, count, unanswered }: PathShift): boolean =>
  unanswered === undefined && own >= ownShareMin * count;

const stepInWords = ({ operation, after, next, usually, count, of }: PathShift): string => {
  const where = after === 'start' ? 'at once' : `after ${after}`;
  const what = next === 'end' ? `ends ${where}` : `goes on ${where} with ${next}`;
  return `${operation} ${what} in ${count} of ${of} cases, where ${usually} used to follow`;
};

const newErrors = (scene: Scene, workload: string): string | undefined => {
  const logs = scene.logs(workload);
  const isNew = logs?.data.patterns.some(
    ({ level, count, countBefore }) => level === 'error' && count > 0 && countBefore === 0,
  );
  return isNew === true ? logs?.id : undefined;
};

interface Signs {
  readonly ids: readonly (string | undefined)[];
  readonly count: number;
  readonly sentences: readonly string[];
}

/** What speaks of the code itself: its spans or its log end early, or those whom it alone calls hear nothing more. */
const signsOf = (scene: Scene, workload: string): Signs => {
  const trace = scene.trace(workload);
  const own = trace?.data.paths.filter(isOwn) ?? [];
  const kinds = new Set(own.map(({ kind }) => kind)).size;
  const silent = silentCallees(scene, workload);
  const [step] = own;
  return {
    ids: [step === undefined ? undefined : trace?.id, ...silent.map(({ id }) => id)],
    // Several callees that fall silent together have nothing in common but their caller; one may have its own reasons.
    count: kinds + (silent.length > 1 ? 2 : 0),
    sentences: [
      ...(step === undefined ? [] : [stepInWords(step)]),
      ...(silent.length === 0 ? [] : [`it calls ${silent.map(({ data }) => data.workload).join(', ')} no more`]),
    ],
  };
};

/**
 * Without these nobody knows whether the code has another reason to give up: no processor time, or callees that cannot be reached.
 * However many signs there are, they are then one.
 */
const excuses = ['metrics', 'services', 'workloads'];

/** What else would make sound code give up: it has to wait for those whom it calls, or has no CPU. */
const excuseOf = (scene: Scene, workload: string): string | undefined => {
  const waiting = scene.waits.find(({ data }) => data.edge?.from === workload && data.times[0]?.standing === 'raised');
  const strain = cpuStrainOf(scene, workload);
  return waiting?.id ?? (strain.atLimit || strain.strained ? strain.usage?.id : undefined);
};

/** Longer work inside the workload without any other sign: a mere hint, because what it waits for may be elsewhere. */
const slowWork = (scene: Scene, workload: string) => {
  const trace = scene.trace(workload);
  const [worst] = trace?.data.times.filter(({ standing }) => standing === 'raised') ?? [];
  if (trace === undefined || worst === undefined) return null;
  return hypothesisOf({
    cause: { workload, fault: 'code-fault' },
    confidence: confidence.hint,
    evidence: [trace.id],
    reasoning: `Inside ${workload}, ${worst.of} works longer than before, and nothing else is known of why.`,
  });
};

/** The workload's own code ends early, takes steps that it never took, or stops calling others, while it is called as ever. */
export const codeFault: Detector = {
  fault: 'code-fault',
  detect(scene, workload) {
    const signs = signsOf(scene, workload);
    if (signs.count === 0) return slowWork(scene, workload);
    const harm = feltAs(scene, workload, ['error_ratio'])?.id;
    const errors = newErrors(scene, workload);
    const load = scene.reading(workload, 'request_rate');
    const excuse = excuseOf(scene, workload);
    const signals = signs.count + [harm, errors].filter((id) => id !== undefined).length;
    const count = scene.context.unreachable.some((source) => excuses.includes(source)) ? 1 : signals;
    return hypothesisOf({
      cause: { workload, fault: 'code-fault' },
      confidence: excuse === undefined ? bySignals(count) : confidence.hint,
      evidence: [...signs.ids, harm, errors, load?.id],
      against: [excuse],
      reasoning: `In ${workload}, ${signs.sentences.join('; ')}: its own code gives up there.`,
    });
  },
};
