import { callersOf } from '../analysis/topology.ts';
import type { CaseFile } from '../domain/case-file.ts';

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

/** The workloads that must be well themselves: the cause's, the plan's, and the one that the alert named. */
export const patientsOf = (file: CaseFile): readonly string[] => {
  const cause = file.verdict?.cause;
  const names = [
    cause === undefined || cause.fault === 'none' ? undefined : cause.workload,
    file.attempts.at(-1)?.plan.workload.name,
    knownSuspect(file),
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
};

/** The patients and those who call them: where the trouble was felt. */
export const witnessesOf = (file: CaseFile): readonly string[] => {
  const patients = patientsOf(file);
  const topology = file.context?.topology ?? { edges: [] };
  const callers = patients.flatMap((patient) => callersOf(topology, patient)).slice(0, callersMax);
  return [...new Set([...patients, ...callers])];
};
