import { callersOf, downstreamOf } from '../analysis/topology.ts';
import type { CaseFile } from '../domain/case-file.ts';
import { presentCause, waitingCauses } from '../domain/pending-cause.ts';

/** Callers whose signals are looked at again; more would make the checks a search for other troubles. */
const callersMax = 5;

/** The instant from which on the world is judged: the last write or undo, if there was one. */
export const judgedSince = (file: CaseFile): string | undefined => {
  const attempt = file.attempts.at(-1);
  return attempt?.undo?.finishedAt ?? attempt?.execution?.finishedAt;
};

// An alert may name what is no workload; nobody could ever find that well.
const knownSuspect = ({ incident, context }: CaseFile): string | undefined => {
  const name = incident.suspect?.name;
  const known = context?.topology.workloads ?? [];
  return known.length === 0 || known.some((workload) => workload.name === name) ? name : undefined;
};

/** Workloads of causes whose turn has not come: they are looked at, and do not count yet. */
export const pendingOf = (file: CaseFile): readonly string[] => [
  ...new Set(waitingCauses(file).map(({ workload }) => workload)),
];

/**
 * The workloads that must be well themselves: the cause's, the plan's, and the one that the alert named. While further causes
 * wait, the alert's may suffer from them, so that it counts only with the last.
 */
export const patientsOf = (file: CaseFile): readonly string[] => {
  const cause = presentCause(file);
  const pending = pendingOf(file);
  const names = [
    cause === undefined || cause.fault === 'none' || cause.on !== undefined ? undefined : cause.workload,
    file.attempts.at(-1)?.plan.workload.name,
    pending.length === 0 ? knownSuspect(file) : undefined,
  ];
  return [...new Set(names.filter((name) => name !== undefined))].filter((name) => !pending.includes(name));
};

/** Whether a workload calls, over however many hops, something whose turn has not come: what it feels may come from there. */
export const suffersFromPending = (file: CaseFile, workload: string): string | undefined => {
  const below = downstreamOf(file.context?.topology ?? { workloads: [], edges: [] }, workload);
  return pendingOf(file).find((name) => below.has(name));
};

/** The patients and those who call them: where the trouble was felt. */
export const witnessesOf = (file: CaseFile): readonly string[] => {
  const patients = patientsOf(file);
  const topology = file.context?.topology ?? { edges: [] };
  const callers = patients.flatMap((patient) => callersOf(topology, patient)).slice(0, callersMax);
  return [...new Set([...patients, ...callers])];
};
