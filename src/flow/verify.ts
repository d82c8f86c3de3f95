import type { CaseFile, CaseSummary } from '../domain/case-file.ts';
import type { Check, Verification } from '../domain/verification.ts';
import { type RoadTools, type Step, turnPage, withAttempt } from './road.ts';

/** How long the world has to get well, and how long it must stay so. Seconds. */
export interface VerifyPolicy {
  readonly verifySeconds: number;
  readonly verifyStableSeconds: number;
}

interface VerifyDeps extends RoadTools {
  readonly vitalSigns: (file: CaseFile) => Promise<readonly Check[]>;
  readonly policy: VerifyPolicy;
}

/** A false alarm must prove itself sooner than a remedy: this many stable times are enough. */
const watchFactor = 4;

const begin = (now: string, seconds: number): Verification => ({
  startedAt: now,
  deadline: new Date(Date.parse(now) + seconds * 1000).toISOString(),
  checks: [],
});

/** A patient that was well before and is not now. Witnesses feel other troubles too, and neither silence nor an outage of a source is sickness. */
const brokeSince = (before: readonly Check[], after: readonly Check[]): boolean => {
  const wellBefore = new Set(before.filter((check) => check.passed).map((check) => check.name));
  return after.some(
    (check) =>
      !check.passed &&
      check.role !== 'witness' &&
      check.measured !== false &&
      check.answered !== false &&
      wellBefore.has(check.name),
  );
};

/** At the deadline: well unless something that could be measured is not. */
const finalVerdict = (before: readonly Check[], after: readonly Check[]): NonNullable<Verification['verdict']> => {
  const measured = after.filter((check) => check.measured !== false);
  if (measured.length > 0 && measured.every((check) => check.passed)) return 'recovered';
  return brokeSince(before, after) ? 'worse' : 'unchanged';
};

/** The causes that other open cases are about, by workload: their callers suffer whatever becomes of this case. */
const otherCauses = (open: readonly CaseSummary[], file: CaseFile): ReadonlyMap<string, string> =>
  new Map(
    open
      .filter(({ incident, closure }) => closure === undefined && incident.uid !== file.incident.uid)
      .filter(({ incident }) => incident.namespace === file.incident.namespace)
      .flatMap(({ incident, verdict }) => {
        const workload = verdict?.cause?.workload ?? incident.suspect?.name;
        return workload === undefined ? [] : [[workload, `INC-${incident.number}`] as const];
      }),
  );

/** Witnesses that call what another open case is about are excused: their failing says nothing about this remedy. */
export const excuseWitnesses = (
  checks: readonly Check[],
  file: CaseFile,
  open: readonly CaseSummary[],
): readonly Check[] => {
  const causes = otherCauses(open, file);
  const edges = file.context?.topology.edges ?? [];
  const excuseFor = (workload: string): string | undefined =>
    causes.get(workload) ??
    edges
      .filter(({ from }) => from === workload)
      .map(({ to }) => causes.get(to))
      .find((name) => name !== undefined);
  return checks.map((check) => {
    if (check.passed || check.role !== 'witness' || check.workload === undefined) return check;
    const incident = excuseFor(check.workload);
    return incident === undefined
      ? check
      : {
          ...check,
          passed: true,
          observation: `${check.observation} It suffers from ${incident} too, so this does not count.`,
        };
  });
};

/** The next state of a watch after one look. Recovered: all checks passed for long enough in a row. Pure. */
export const look = (
  watch: Verification,
  seen: { readonly checks: readonly Check[]; readonly before: readonly Check[]; readonly now: string },
  policy: VerifyPolicy,
): Verification => {
  const { checks, now } = seen;
  const allWell = checks.length > 0 && checks.every((check) => check.passed);
  const { wellSince: earlier, ...rest } = watch;
  const wellSince = allWell ? (earlier ?? now) : undefined;
  const looked: Verification = { ...rest, checkedAt: now, checks, ...(wellSince === undefined ? {} : { wellSince }) };
  const stable =
    wellSince !== undefined && Date.parse(now) - Date.parse(wellSince) >= policy.verifyStableSeconds * 1000;
  if (stable) return { ...looked, verdict: 'recovered', at: now };
  if (now < watch.deadline) return looked;
  return { ...looked, verdict: finalVerdict(seen.before, checks), at: now };
};

const noteOf = (watch: Verification) => ({
  verb: watch.verdict === undefined ? 'look' : 'verified',
  subject: watch.verdict ?? (watch.wellSince === undefined ? 'not yet well' : 'well so far'),
  detail: {
    failed: watch.checks.filter((check) => !check.passed).map((check) => `${check.name}: ${check.observation}`),
  },
});

/** Looks once at the world after a remedy and writes down what it saw. The loop calls it again until there is a verdict. */
export const createVerifyStep = (deps: VerifyDeps): Step => {
  return async (file) => {
    const attempt = file.attempts.at(-1);
    if (attempt === undefined) return;
    const checks = excuseWitnesses(await deps.vitalSigns(file), file, await deps.cases.open());
    const now = deps.clock.now();
    const watch = attempt.verification ?? begin(attempt.execution?.finishedAt ?? now, deps.policy.verifySeconds);
    const verification = look(watch, { checks, before: attempt.before ?? [], now }, deps.policy);
    await turnPage(deps, file.incident.uid, {
      write: (current) =>
        current.attempts.at(-1)?.verification?.verdict === undefined ? withAttempt(current, { verification }) : null,
      note: noteOf(verification),
    });
  };
};

/** The same look after a verdict of "nothing is wrong": if the signals stay well the alert was a false alarm. */
export const createWatchStep = (deps: VerifyDeps): Step => {
  return async (file) => {
    const checks = await deps.vitalSigns(file);
    const now = deps.clock.now();
    const watch = look(
      file.watch ?? begin(now, watchFactor * deps.policy.verifyStableSeconds),
      { checks, before: [], now },
      deps.policy,
    );
    await turnPage(deps, file.incident.uid, {
      write: (current) => (current.watch?.verdict === undefined ? { ...current, watch } : null),
      note: noteOf(watch),
    });
  };
};

const reasonToLookAgain = (file: CaseFile): string => {
  const failed = file.watch?.checks.find((check) => !check.passed);
  return failed === undefined ? 'no cause was found at the first look' : `${failed.name}: ${failed.observation}`;
};

/** Puts the verdict aside and lets the case be looked at again from the start. */
export const createLookAgainStep = (deps: RoadTools): Step => {
  return async (file) => {
    const { uid } = file.incident;
    const reason = reasonToLookAgain(file);
    await turnPage(deps, uid, {
      write: ({ context: _context, verdict, watch: _watch, ...current }) => {
        if (verdict === undefined) return null;
        const earlierLooks = [...(current.earlierLooks ?? []), { at: deps.clock.now(), verdict, reason }];
        return { ...current, findings: {}, earlierLooks };
      },
      note: { verb: 'look-again', subject: reason },
    });
  };
};
