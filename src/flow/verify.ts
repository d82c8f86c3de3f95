import type { CaseFile, CaseSummary } from '../domain/case-file.ts';
import type { Check, Verification } from '../domain/verification.ts';
import { limits } from '../limits.ts';
import { otherCauses } from './other-causes.ts';
import { type RoadTools, type Step, turnPageFor, withAttempt } from './road.ts';
import { rolloutName } from './vital-objects.ts';
import { suffersFromPending } from './vital-subjects.ts';

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

const isPatient = ({ role }: Check): boolean => role !== 'witness' && role !== 'pending';

/**
 * What counts: the turn of what is pending comes later, and a source that gave no answer before the write either cannot be
 * waited for. Without any check that was answered nothing counts as well.
 */
const counting = (before: readonly Check[], checks: readonly Check[]): readonly Check[] => {
  const silentBefore = new Set(before.filter(({ answered }) => answered === false).map(({ name }) => name));
  const counted = checks.filter(({ role }) => role !== 'pending');
  const heard = counted.filter(({ answered, name }) => answered !== false || !silentBefore.has(name));
  return heard.some(({ answered }) => answered !== false) ? heard : counted;
};

/** Something that the kubelet has given up on, and that the remedy brought about: a young pod, or a workload that was well before. */
const isStuck = (before: readonly Check[], checks: readonly Check[]): boolean => {
  const wellBefore = new Set(before.filter((check) => check.passed).map((check) => check.name));
  return checks.some(
    (check) => isPatient(check) && (check.stuck === 'young' || (check.stuck === 'old' && wellBefore.has(check.name))),
  );
};

const rolloutsFail = (checks: readonly Check[]): boolean =>
  checks.some((check) => isPatient(check) && !check.passed && check.name.startsWith(rolloutName('')));

/** Since when something is stuck. Between two crashes a container runs for a moment: only a rollout that settles ends it. */
const stuckSinceOf = (
  watch: Verification,
  seen: { readonly checks: readonly Check[]; readonly before: readonly Check[]; readonly now: string },
): string | undefined => {
  if (isStuck(seen.before, seen.checks)) return watch.stuckSince ?? seen.now;
  return rolloutsFail(seen.checks) ? watch.stuckSince : undefined;
};

/** Of the time to get well, the share after which what is stuck counts as final. */
const stuckShare = 1 / 3;

/** A patient that was well before and is not now. Witnesses feel other troubles too, and neither silence nor an outage of a source is sickness. */
const brokeSince = (before: readonly Check[], after: readonly Check[]): boolean => {
  const wellBefore = new Set(before.filter((check) => check.passed).map((check) => check.name));
  return after.some(
    (check) =>
      !check.passed &&
      isPatient(check) &&
      check.measured !== false &&
      check.answered !== false &&
      wellBefore.has(check.name),
  );
};

/** At the deadline: well unless something that could be measured is not. What gave no answer leaves it unknown: silence is neither health nor failure. */
const finalVerdict = (before: readonly Check[], after: readonly Check[]): NonNullable<Verification['verdict']> => {
  const measured = after.filter((check) => check.measured !== false);
  if (measured.length > 0 && measured.every((check) => check.passed)) return 'recovered';
  if (brokeSince(before, after)) return 'worse';
  return measured.some((check) => !check.passed && check.answered !== false) ? 'unchanged' : 'unknown';
};

/** When a watch that sees nothing ends all the same. */
const blindUntil = ({ deadline }: Verification): string =>
  new Date(Date.parse(deadline) + limits.verifyBlindMsMax).toISOString();

/** Witnesses that call what another open case is about are excused: their failing says nothing about this remedy. */
export const excuseWitnesses = (
  checks: readonly Check[],
  file: CaseFile,
  open: readonly CaseSummary[],
): readonly Check[] => {
  const causes = otherCauses(open, file);
  const edges = file.context?.topology.edges ?? [];
  const excuseFor = (workload: string): string | undefined =>
    suffersFromPending(file, workload) ??
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

/**
 * The next state of a watch after one look. Recovered: all checks passed for long enough in a row. What is stuck is not waited
 * for until the deadline, and an outage of the sources moves it, boundedly. Pure.
 */
export const look = (
  watch: Verification,
  seen: { readonly checks: readonly Check[]; readonly before: readonly Check[]; readonly now: string },
  policy: VerifyPolicy,
): Verification => {
  const { checks, now } = seen;
  const counted = counting(seen.before, checks);
  const allWell = counted.length > 0 && counted.every((check) => check.passed);
  const { wellSince: earlier, stuckSince: _earlier, ...rest } = watch;
  const wellSince = allWell ? (earlier ?? now) : undefined;
  const stuckSince = stuckSinceOf(watch, seen);
  const looked: Verification = {
    ...rest,
    checkedAt: now,
    checks,
    ...(wellSince === undefined ? {} : { wellSince }),
    ...(stuckSince === undefined ? {} : { stuckSince }),
  };
  const lasts = (since: string | undefined, seconds: number): boolean =>
    since !== undefined && Date.parse(now) - Date.parse(since) >= seconds * 1000;
  if (lasts(wellSince, policy.verifyStableSeconds)) return { ...looked, verdict: 'recovered', at: now };
  const isFinal = now >= watch.deadline || lasts(stuckSince, policy.verifySeconds * stuckShare);
  if (!isFinal) return looked;
  const verdict = finalVerdict(seen.before, counted);
  // An outage must not decide: there is more time for as long as nothing can be seen, though not for ever.
  return verdict === 'unknown' && now < blindUntil(watch) ? looked : { ...looked, verdict, at: now };
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
    await turnPageFor(deps, file, {
      // A look goes on from the one before it: what somebody else saw meanwhile must not be forgotten.
      write: (current) =>
        current.attempts.at(-1)?.verification?.checkedAt === attempt.verification?.checkedAt
          ? withAttempt(current, { verification })
          : null,
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
    await turnPageFor(deps, file, {
      write: (current) => (current.watch?.checkedAt === file.watch?.checkedAt ? { ...current, watch } : null),
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
    const reason = reasonToLookAgain(file);
    await turnPageFor(deps, file, {
      write: ({ context: _context, verdict, watch: _watch, ...current }) => {
        if (verdict === undefined) return null;
        const earlierLooks = [...(current.earlierLooks ?? []), { at: deps.clock.now(), verdict, reason }];
        return { ...current, findings: {}, earlierLooks };
      },
      note: { verb: 'look-again', subject: reason },
    });
  };
};
