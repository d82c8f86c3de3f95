import type { CaseFile } from '../domain/case-file.ts';
import type { Cause } from '../domain/finding.ts';
import type { Instant } from '../domain/json.ts';
import type { Shown } from '../ports/shown-ledger.ts';

/** Milliseconds from the accepted alert to each phase; null where the phase was not reached. */
export type PhasesMs = Readonly<
  Record<'root' | 'analyses' | 'consensus' | 'proposal' | 'execution' | 'verified' | 'closed', number | null>
>;

/** The one line that `--once --json` prints. */
export interface DemoOutcome {
  readonly fault: string;
  readonly incidentUid: string;
  readonly passed: boolean;
  readonly outcome: string;
  readonly cause: { readonly workload: string; readonly fault: string } | null;
  readonly action: string | null;
  readonly approvedVia: string | null;
  readonly phasesMs: PhasesMs;
  readonly writes: number;
  readonly postmortem: string | null;
  readonly failures: readonly string[];
}

/** What really was the matter and what would help, as the laboratory says it. */
export interface Truth {
  readonly name: string;
  readonly workload: string;
  readonly fault: string;
  /** `action:target`, or `none`. */
  readonly remedies: readonly string[];
  readonly isWell: boolean;
}

/** The laboratory's words for a cause in the words of the bot's taxonomy; the same where they are not listed. */
const inTaxonomy: Readonly<Record<string, string>> = {
  'cpu-stress': 'cpu-saturation',
  'redis-connections': 'connection-exhaustion',
};

const latest = (instants: readonly (Instant | undefined)[]): Instant | undefined =>
  instants
    .filter((instant) => instant !== undefined)
    .sort()
    .at(-1);

/** When each phase was reached, from the case's own pages and from when the thread showed it. */
export const phasesOf = (file: CaseFile, shown: readonly Shown[]): PhasesMs => {
  const accepted = Date.parse(file.alerts[0]?.receivedAt ?? file.incident.openedAt);
  const since = (instant: Instant | undefined): number | null =>
    instant === undefined ? null : Date.parse(instant) - accepted;
  const shownAt = (key: string): Instant | undefined => shown.find((message) => message.key === key)?.at;
  const attempt = file.attempts.at(-1);
  return {
    root: since(shownAt('root')),
    analyses: since(latest(Object.values(file.findings).map((finding) => finding.at))),
    consensus: since(file.verdict?.at),
    proposal: since(shownAt('proposal:1') ?? file.attempts[0]?.ask?.at),
    execution: since(attempt?.execution?.finishedAt),
    verified: since(attempt?.verification?.at ?? file.watch?.at),
    closed: since(file.closure?.at),
  };
};

const writtenAttempts = (file: CaseFile) => file.attempts.filter((attempt) => attempt.execution?.outcome === 'applied');

const causeFailures = (cause: Cause | undefined, truth: Truth): readonly string[] => {
  const expected = inTaxonomy[truth.fault] ?? truth.fault;
  if (cause?.fault !== expected)
    return [`the cause is ${expected} of ${truth.workload}, not ${cause?.fault ?? 'unknown'}`];
  return expected !== 'none' && cause.workload !== truth.workload
    ? [`the faulty workload is ${truth.workload}, not ${cause.workload}`]
    : [];
};

const remedyFailures = (file: CaseFile, truth: Truth): readonly string[] => {
  const nothingToDo = truth.remedies.includes('none');
  const done = writtenAttempts(file).map(
    ({ plan }) => `${plan.action}:${plan.parameters.target ?? plan.workload.name}`,
  );
  const wrong = done.filter((remedy) => !truth.remedies.includes(remedy));
  return [
    ...(nothingToDo && done.length > 0 ? ['nothing was wrong, but something was written'] : []),
    ...(!nothingToDo && wrong.length > 0
      ? [`${wrong.join(', ')} is not what helps here (${truth.remedies.join(', ')})`]
      : []),
  ];
};

/** Judges one incident by the laboratory's truth: the app is well again, and the right thing was done for the right reason. */
export const judgeOutcome = (file: CaseFile, shown: readonly Shown[], truth: Truth): DemoOutcome => {
  const expected = truth.remedies.includes('none') ? 'no_action' : 'resolved';
  const outcome = file.closure?.outcome ?? 'unfinished';
  const cause = file.verdict?.cause;
  const done = writtenAttempts(file);
  const failures = [
    ...(outcome === expected
      ? []
      : [`the incident ended as ${outcome}, not ${expected}: ${file.closure?.reason ?? 'it did not end'}`]),
    ...(truth.isWell ? [] : ['the app is not well']),
    ...causeFailures(cause, truth),
    ...remedyFailures(file, truth),
  ];
  return {
    fault: truth.name,
    incidentUid: file.incident.uid,
    passed: failures.length === 0,
    outcome,
    cause: cause === undefined ? null : { workload: cause.workload, fault: cause.fault },
    action: done.at(-1)?.plan.action ?? null,
    approvedVia: done.at(-1)?.decision?.via ?? null,
    phasesMs: phasesOf(file, shown),
    writes: done.flatMap(({ execution, undo }) => [...(execution?.written ?? []), ...(undo?.written ?? [])]).length,
    postmortem: file.postMortem?.location ?? null,
    failures,
  };
};
