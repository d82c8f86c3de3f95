import type { Attempt } from '../domain/attempt.ts';
import { type CaseFile, phaseOf } from '../domain/case-file.ts';
import type { Cause } from '../domain/finding.ts';
import type { Instant } from '../domain/json.ts';
import type { Shown } from '../ports/shown-ledger.ts';
import type { Drill } from './drill-file.ts';

/** Milliseconds from the first alert to each phase of the incident; null where it was not reached. */
export type DrillPhasesMs = Readonly<
  Record<'root' | 'proposal' | 'approved' | 'written' | 'verified' | 'closed', number | null>
>;

/** The one line that a drill ends with. */
export interface DrillResult {
  readonly drill: string;
  readonly passed: boolean;
  readonly outcome: string;
  readonly cause: { readonly workload: string; readonly fault: string } | null;
  readonly action: string | null;
  readonly approvedVia: string | null;
  readonly phasesMs: DrillPhasesMs;
  readonly writes: number;
  readonly failures: readonly string[];
}

type Expected = Drill['expect'];

/** The laboratory's words for a cause in the words of the bot's taxonomy. */
const inTaxonomy: Readonly<Record<string, string>> = {
  'cpu-stress': 'cpu-saturation',
  'redis-connections': 'connection-exhaustion',
  'false-alarm': 'none',
  'target-port': 'service-port',
};

const isWritten = (attempt: Attempt): boolean => (attempt.execution?.written?.length ?? 0) > 0;

const writtenAttempts = (files: readonly CaseFile[]): readonly Attempt[] =>
  files.flatMap(({ attempts }) => attempts.filter(isWritten));

/** How one incident ended, in the drill's three words; `unfinished` while it has not. */
export const outcomeOf = (file: CaseFile): string => {
  const outcome = file.closure?.outcome ?? 'unfinished';
  return outcome === 'self_resolved' ? 'no_action' : outcome;
};

/** The worst word of all incidents of a drill: one that a person must look at outweighs others that ended well. */
export const outcomeOfAll = (files: readonly CaseFile[]): string => {
  // A duplicate's story goes on in another incident of the same drill.
  const outcomes = files.map(outcomeOf).filter((outcome) => outcome !== 'duplicate');
  const worst = ['unfinished', 'escalated', 'resolved', 'no_action'].find((word) => outcomes.includes(word));
  return worst ?? 'no incident';
};

/** The bot kept its hands off because a person holds the workload: nothing was done, and a person was told. */
const isHandsOff = (file: CaseFile): boolean =>
  !file.attempts.some(isWritten) && file.verdict?.cause?.fault === 'rollout-paused';

const outcomeFailure = (files: readonly CaseFile[], expected: Expected): readonly string[] => {
  const outcome = outcomeOfAll(files);
  if (outcome === expected.outcome) return [];
  // To leave alone what a person paused is both: no action, and a word to that person.
  const isEither = expected.outcome !== 'resolved' && files.length > 0 && files.every(isHandsOff);
  if (isEither && outcome !== 'unfinished') return [];
  const reasons = files.map(
    ({ incident, closure }) => `INC-${incident.number}: ${closure?.reason ?? 'it did not end'}`,
  );
  return [`the outcome is ${outcome}, not ${expected.outcome}${reasons.length === 0 ? '' : ` (${reasons.join(' ')})`}`];
};

const isCause = (cause: Cause | undefined, wanted: NonNullable<Expected['cause']>): boolean =>
  cause !== undefined &&
  cause.workload === wanted.workload &&
  (cause.fault === wanted.fault || cause.fault === inTaxonomy[wanted.fault]);

/** Every cause that the incidents were about: a case may have had to look again, or may have had two. */
const causesOf = (file: CaseFile): readonly Cause[] =>
  [file.verdict?.cause, ...(file.verdict?.others ?? [])].filter((cause) => cause !== undefined);

const causeFailure = (files: readonly CaseFile[], wanted: Expected['cause']): readonly string[] => {
  if (wanted === undefined || files.some((file) => causesOf(file).some((cause) => isCause(cause, wanted)))) return [];
  const found = files.flatMap(causesOf).map(({ workload, fault }) => `${fault} of ${workload}`);
  return [`the cause is ${found.join(', ') || 'unknown'}, not ${wanted.fault} of ${wanted.workload}`];
};

/** What the incidents' own pages say against the drill's expectation. */
export const judgeCases = (files: readonly CaseFile[], writes: number, expected: Expected): readonly string[] => [
  ...outcomeFailure(files, expected),
  ...causeFailure(files, expected.cause),
  ...(expected.writesMax !== undefined && writes > expected.writesMax
    ? [`the bot wrote ${writes} times, at most ${expected.writesMax} were expected`]
    : []),
];

/** Writes that the cases tell of themselves, undoing included. */
export const writesOf = (files: readonly CaseFile[]): readonly string[] =>
  files
    .flatMap(({ attempts }) => attempts)
    .flatMap(({ execution, undo }) => [...(execution?.written ?? []), ...(undo?.written ?? [])])
    .map(({ target }) => target);

/** When a message was posted: its address in Slack is that instant. `at` would be that of its last edit. */
const postedAt = (message: Shown | undefined): Instant | undefined => {
  const postedMs = Number(message?.ts) * 1000;
  return Number.isFinite(postedMs) ? new Date(postedMs).toISOString() : undefined;
};

/** When each phase was reached, by the pages of the case and by what the thread showed. */
export const phasesOf = (file: CaseFile | undefined, shown: readonly Shown[], alertAt: Instant): DrillPhasesMs => {
  const since = (instant: Instant | undefined): number | null =>
    instant === undefined ? null : Date.parse(instant) - Date.parse(alertAt);
  const shownAt = (key: string): Instant | undefined => postedAt(shown.find((message) => message.key === key));
  const attempt = file?.attempts.findLast(isWritten) ?? file?.attempts.at(-1);
  const isApproved = attempt?.decision?.kind === 'approved' || attempt?.decision?.kind === 'auto';
  return {
    root: since(shownAt('root')),
    proposal: since(shownAt('proposal:1') ?? file?.attempts[0]?.ask?.at),
    approved: since(isApproved ? attempt?.decision?.at : undefined),
    written: since(attempt !== undefined && isWritten(attempt) ? attempt.execution?.finishedAt : undefined),
    verified: since(attempt?.verification?.at ?? file?.watch?.at),
    closed: since(file?.closure?.at),
  };
};

/** The incident that a drill's line speaks of: the one of the expected cause, else the first. */
export const mainCase = (files: readonly CaseFile[], expected: Expected): CaseFile | undefined => {
  const { cause } = expected;
  return files.find((file) => cause !== undefined && causesOf(file).some((found) => isCause(found, cause))) ?? files[0];
};

/** What was still going on when patience ended. */
export const unfinishedWords = (files: readonly CaseFile[]): string =>
  files
    .filter(({ rememberedAt }) => rememberedAt === undefined)
    .map((file) => `INC-${file.incident.number} is ${phaseOf(file)}`)
    .join(', ') || 'no incident was opened';

/** Puts the line together. */
export const drillResult = (parts: {
  readonly drill: Drill;
  readonly files: readonly CaseFile[];
  readonly phasesMs: DrillPhasesMs;
  readonly writes: number;
  readonly failures: readonly string[];
}): DrillResult => {
  const { drill, files, phasesMs, writes, failures } = parts;
  const file = mainCase(files, drill.expect);
  const cause = file?.verdict?.cause;
  const done = writtenAttempts(file === undefined ? [] : [file]).at(-1) ?? writtenAttempts(files).at(-1);
  return {
    drill: drill.name,
    passed: failures.length === 0,
    outcome: outcomeOfAll(files),
    cause: cause === undefined ? null : { workload: cause.workload, fault: cause.fault },
    action: done?.plan.action ?? null,
    approvedVia: done?.decision?.via ?? null,
    phasesMs,
    writes,
    failures,
  };
};
