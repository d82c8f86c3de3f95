import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createDirector, createSpecialists } from '../../agents/index.ts';
import { createNoModel } from '../../src/adapters/ollama/create-no-model.ts';
import type { Thresholds } from '../../src/analysis/thresholds.ts';
import { collect } from '../../src/flow/collect.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Senses } from '../../src/ports/senses.ts';
import type { Diagnosis, RecordedCase } from './recorded-set.ts';

/** A diagnosis with what it cost: processor milliseconds (all threads) and milliseconds on the clock. */
export interface TimedDiagnosis extends Diagnosis {
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** The sources that can be taken away, by name. */
export const sourceNames = ['metrics', 'logs', 'traces', 'cluster'] as const;

/** One of the sources that can be taken away. */
export type SourceName = (typeof sourceNames)[number];

/** The same senses with one source giving no answer at all. */
export const without = (senses: Senses, name: SourceName): Senses => {
  const source = senses[name] ?? {};
  const silent = Object.fromEntries(
    Object.keys(source).map((method) => [
      method,
      async () => ({ outcome: 'unreachable', query: `recorded ${name}`, reason: 'taken away for this measurement' }),
    ]),
  );
  return { ...senses, [name]: silent };
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void;

/** Walks a recorded incident through the collector, the specialists and the director, as a live one, without inference. */
export const diagnoseCase = async ({
  id,
  title,
  namespace,
  alertAtMs,
  nowMs,
  senses,
  thresholds,
}: RecordedCase & { readonly thresholds?: Thresholds | undefined }): Promise<TimedDiagnosis> => {
  const clock: Clock = { now: () => new Date(nowMs).toISOString(), nowMs: () => nowMs };
  const alertAt = new Date(alertAtMs).toISOString();
  const incident = { uid: id, number: 1, title, severity: 'critical', namespace, openedAt: alertAt } as const;
  const alert = {
    source: 'recorded',
    fingerprint: id,
    status: 'firing',
    name: 'RecordedTrouble',
    severity: 'critical',
    labels: {},
    annotations: {},
    startsAt: alertAt,
    sender: { name: 'recorded', via: 'bearer' },
    receivedAt: alertAt,
    inboxId: id,
    repeats: 0,
  } as const;
  const tools = { model: createNoModel(), clock, thresholds };
  // What reading the recording left behind is not the diagnosis's garbage. A full sweep would throw away compiled code as well.
  collectGarbage({ type: 'minor' });
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const context = await collect({ ...senses, clock, thresholds })(incident, [alert]);
  const brief = { incident, context, recollections: [] };
  const findings = await Promise.all(createSpecialists(tools).map((specialist) => specialist.analyse(brief)));
  const verdict = await createDirector(tools).deliberate(brief, findings);
  const used = process.cpuUsage(cpu);
  return {
    namespace,
    context,
    findings,
    verdict,
    cpuMs: (used.user + used.system) / 1000,
    wallMs: performance.now() - startedMs,
  };
};
