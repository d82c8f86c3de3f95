import { percent } from '../analysis/confidence.ts';
import type { Ask, Attempt } from '../domain/attempt.ts';
import type { CaseFile } from '../domain/case-file.ts';
import type { Decision } from '../domain/decision.ts';
import type { Mode } from '../domain/mode.ts';
import { type RoadTools, type Step, turnPageFor, withAttempt } from './road.ts';

/** How long people have, and who counts. Seconds. */
export interface AskPolicy {
  readonly autoApproveSeconds: number;
  readonly approvalExpirySeconds: number;
}

/** Below this a verdict is a guess, and a guess needs a person. */
const autoConfidenceMin = 0.75;

/** Only auto-approval's questions: the gates have passed already. Null means that the window may close by itself. */
export const whyNotAuto = (file: CaseFile, attempt: Attempt, mode: Mode): string | null => {
  const { verdict } = file;
  if (mode !== 'autonomous') return `the bot is in ${mode} mode`;
  if (verdict?.kind !== 'agreed') return 'the specialists do not agree';
  if (verdict.confidence < autoConfidenceMin)
    return `confidence is only ${percent(verdict.confidence)}, and ${percent(autoConfidenceMin)} are needed`;
  if (attempt.plan.risk !== 'low') return `the risk is ${attempt.plan.risk}`;
  const failedBefore = file.recollections?.some(
    ({ exact, memory }) => exact && memory.action === attempt.plan.action && memory.outcome === 'escalated',
  );
  return failedBefore === true ? 'the same remedy did not help last time' : null;
};

const after = (at: string, seconds: number): string => new Date(Date.parse(at) + seconds * 1000).toISOString();

/** Puts the proposal to the people and sets its deadlines; they are instants in the case file, so a restart changes nothing. */
export const createAskStep = (deps: RoadTools & { readonly policy: AskPolicy; readonly mode: () => Mode }): Step => {
  const askFor = (file: CaseFile, attempt: Attempt): Ask => {
    const at = deps.clock.now();
    const refusal = whyNotAuto(file, attempt, deps.mode());
    return {
      at,
      expiresAt: after(at, deps.policy.approvalExpirySeconds),
      ...(refusal === null ? { autoApproveAt: after(at, deps.policy.autoApproveSeconds) } : {}),
      autoReason: refusal ?? 'low risk, agreed verdict, all gates passed',
      approversNeeded: attempt.plan.risk === 'high' ? 2 : 1,
    };
  };
  return async (file) => {
    const attempt = file.attempts.at(-1);
    if (attempt === undefined) return;
    const ask = askFor(file, attempt);
    await turnPageFor(deps, file, {
      write: (current) => (current.attempts.at(-1)?.ask === undefined ? withAttempt(current, { ask }) : null),
      note: {
        verb: 'ask',
        subject: attempt.plan.action,
        detail: {
          planHash: attempt.plan.hash,
          expiresAt: ask.expiresAt,
          autoApproveAt: ask.autoApproveAt ?? null,
          autoReason: ask.autoReason,
        },
      },
    });
  };
};

const autoDecision = (attempt: Attempt, at: string): Decision => ({
  kind: 'auto',
  by: [],
  at,
  planHash: attempt.plan.hash,
  via: 'auto',
  reason: 'the auto-approve window closed and nobody objected',
});

const expiry = (attempt: Attempt, at: string): Decision => ({
  kind: 'expired',
  by: [],
  at,
  planHash: attempt.plan.hash,
  via: 'deadline',
  reason: 'nobody decided in time',
});

/** The page that a deadline writes: approval when auto-approval still holds, expiry at the end, else no more auto-approval. */
export const atDeadline = (file: CaseFile, now: string, mode: Mode): CaseFile | null => {
  const attempt = file.attempts.at(-1);
  if (attempt?.ask === undefined || attempt.decision !== undefined) return null;
  const { autoApproveAt, expiresAt } = attempt.ask;
  if (autoApproveAt !== undefined && autoApproveAt <= now && attempt.heldBy === undefined) {
    const refusal = whyNotAuto(file, attempt, mode);
    if (refusal === null) return withAttempt(file, { decision: autoDecision(attempt, now) });
    const { autoApproveAt: _gone, ...ask } = attempt.ask;
    return withAttempt(file, { ask: { ...ask, autoReason: refusal } });
  }
  return expiresAt <= now ? withAttempt(file, { decision: expiry(attempt, now) }) : null;
};

/** Lets a deadline speak. */
export const createDecideStep = (deps: RoadTools & { readonly mode: () => Mode }): Step => {
  return async (file) => {
    const planHash = file.attempts.at(-1)?.plan.hash ?? '';
    await turnPageFor(deps, file, {
      write: (current) => atDeadline(current, deps.clock.now(), deps.mode()),
      note: (stored) => {
        const attempt = stored.attempts.at(-1);
        const subject = attempt?.decision?.reason ?? `auto-approval is off: ${attempt?.ask?.autoReason}`;
        return { verb: 'deadline', subject, detail: { planHash } };
      },
    });
  };
};
