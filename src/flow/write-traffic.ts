import type { Attempt } from '../domain/attempt.ts';
import type { CaseSummary } from '../domain/case-file.ts';
import { shortName } from '../domain/workload.ts';
import { limits } from '../limits.ts';
import type { RoadTools } from './road.ts';

const writeWindowMs = 600_000;

/** Writes on their way or done in the last ten minutes, over all cases. */
const recentExecutions = (files: readonly CaseSummary[], nowMs: number) =>
  files.flatMap((file) =>
    file.attempts.flatMap((attempt) =>
      [attempt.execution, attempt.undo]
        .filter((execution) => execution !== undefined)
        .filter(({ intentAt }) => nowMs - Date.parse(intentAt) < writeWindowMs)
        .map((execution) => ({ file, attempt, execution })),
    ),
  );

/** From the intent until the write is refused, or known to have helped, or undone in whole or in part. */
const isHeld = ({ execution, verification, undo }: Attempt): boolean => {
  if (execution === undefined || execution.outcome === 'refused') return false;
  if (execution.outcome === 'failed') return undo?.finishedAt === undefined;
  return (
    verification?.verdict === undefined || (verification.verdict !== 'recovered' && undo?.finishedAt === undefined)
  );
};

/** Targets that another case is changing, still verifying, or undoing. */
const locksOf = (files: readonly CaseSummary[], uid: string): ReadonlyMap<string, string> =>
  new Map(
    files
      .filter((file) => file.incident.uid !== uid && file.closure === undefined)
      .flatMap((file) => {
        const attempt = file.attempts.at(-1);
        if (attempt === undefined || !isHeld(attempt)) return [];
        return attempt.plan.patches.map(
          ({ target }) => [`${target.namespace}/${shortName(target)}`, `INC-${file.incident.number}`] as const,
        );
      }),
  );

/** What other cases do to the cluster now: how often they wrote lately, and which targets are theirs (by the incident's number). */
export const writeTraffic = async ({ cases, clock }: Pick<RoadTools, 'cases' | 'clock'>, uid: string) => {
  const recent = await cases.recent(limits.alertsPerCaseMax);
  return {
    lockedBy: locksOf(recent, uid),
    writesInTenMinutes: recentExecutions(recent, clock.nowMs()).length,
  };
};
