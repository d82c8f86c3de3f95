import type { LogData } from '../domain/evidence.ts';
import { bySignals } from './confidence.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Reading, Scene, Seen } from './scene.ts';
import { formatSignal } from './signal-trait.ts';
import { sufferingCallers } from './suffering.ts';
import { calleesOf, callersOf } from './topology.ts';

/** How data stores and their clients word it: Redis, PostgreSQL, MySQL, MongoDB, and pools of any kind. */
const refusal =
  /max(imum)? number of (clients|connections)|too many (clients|connections)|remaining connection slots|connection (pool|limit|slots?)\b.{0,40}\b(exhausted|reached|exceeded|timeout|full)|(pool|connections?) exhausted|no (more |free |available )?connections? (are )?available|maxclients/i;

const nearLimit = 0.9;

const speaksOfRefusal = (logs: Seen<LogData> | undefined): logs is Seen<LogData> =>
  logs?.data.patterns.some(
    ({ template, example, count, countBefore }) =>
      count > countBefore && (refusal.test(template) || refusal.test(example)),
  ) ?? false;

/** A limit is reached in a moment: the newest reading counts, not what was usual over the last ones. */
const levelOf = ({ data, shift }: Reading): number => Math.max(shift.now, data.points.at(-1)?.[1] ?? 0);

const isFull = (reading: Reading): boolean => {
  const { limit } = reading.data;
  return limit !== undefined && limit > 0 && levelOf(reading) >= nearLimit * limit;
};

/** Far below the limit, measured: then words of refusal are about something else, or an old story. */
const roomyMax = 0.5;

const isRoomy = (reading: Reading | undefined): reading is Reading => {
  const limit = reading?.data.limit;
  return reading !== undefined && limit !== undefined && limit > 0 && levelOf(reading) <= roomyMax * limit;
};

/** Logs that speak of refused connections: the workload's own and its clients'. */
const refusalsOf = (scene: Scene, workload: string): readonly Seen<LogData>[] =>
  [workload, ...callersOf(scene.topology, workload)].map((name) => scene.logs(name)).filter(speaksOfRefusal);

/**
 * Words alone accuse only the end of the calls: everybody on the way up repeats them. And a client of several workloads
 * does not always say which one refuses it, so that only one that calls no other can accuse.
 */
const isAccused = (scene: Scene, workload: string, refusals: readonly Seen<LogData>[]): boolean =>
  calleesOf(scene.topology, workload).length === 0 &&
  refusals.some(
    ({ data: { workload: speaker } }) =>
      speaker === workload || calleesOf(scene.topology, speaker).every((callee) => callee === workload),
  );

const countInWords = (full: Reading | undefined): string =>
  full === undefined
    ? 'its limit of connections is reached'
    : `${formatSignal('connections', levelOf(full))} of ${formatSignal('connections', full.data.limit ?? 0)} connections are taken`;

/** The data store's connections are at their limit, or it, or a client that has no other, says that clients are refused. */
export const connectionExhaustion: Detector = {
  fault: 'connection-exhaustion',
  detect(scene, workload) {
    const connections = scene.reading(workload, 'connections');
    const full = connections !== undefined && isFull(connections) ? connections : undefined;
    const refusals = refusalsOf(scene, workload);
    if (full === undefined && !isAccused(scene, workload, refusals)) return null;
    const suffering = sufferingCallers(scene, workload);
    const effects = [full?.shift.standing === 'high', suffering.length > 0].some(Boolean);
    const roomy = isRoomy(connections) ? connections : undefined;
    const signals = [full !== undefined, refusals.length > 0, effects].filter(Boolean).length;
    const [client, ...otherClients] = callersOf(scene.topology, workload);
    const holder = client !== undefined && otherClients.length === 0 ? { component: `caller ${client}` } : {};
    return hypothesisOf({
      cause: { workload, fault: 'connection-exhaustion', ...holder },
      confidence: bySignals(roomy === undefined ? signals : signals - 1),
      evidence: [full?.id, ...refusals.map(({ id }) => id), ...suffering.map(({ id }) => id)],
      against: [roomy?.id],
      reasoning: `At ${workload} ${countInWords(full)}${refusals.length > 0 ? ', and clients are refused' : ''}.`,
    });
  },
};
