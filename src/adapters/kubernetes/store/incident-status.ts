import type { Attempt } from '../../../domain/attempt.ts';
import { type CaseFile, phaseOf } from '../../../domain/case-file.ts';
import type { Instant, JsonObject } from '../../../domain/json.ts';

const messageCharsMax = 1_000;

/** One condition as Kubernetes has them; its time is that of the page, because each page is written once. */
const condition = (
  type: string,
  told: {
    readonly status?: 'True' | 'False' | 'Unknown';
    readonly reason: string;
    readonly message: string;
    readonly at: Instant;
  },
): JsonObject => ({
  type,
  status: told.status ?? 'True',
  reason: told.reason,
  message: told.message.slice(0, messageCharsMax),
  lastTransitionTime: told.at,
});

const isGiven = ({ decision }: Attempt): boolean => decision?.kind === 'approved' || decision?.kind === 'auto';

const camel = (word: string): string =>
  word
    .split(/[-_ ]/)
    .map((part) => `${part.slice(0, 1).toUpperCase()}${part.slice(1)}`)
    .join('');

const decisionOf = (attempt: Attempt): readonly JsonObject[] => {
  const { decision } = attempt;
  if (decision === undefined) return [];
  const status = isGiven(attempt) ? 'True' : 'False';
  return [condition('Approved', { status, reason: camel(decision.kind), message: decision.reason, at: decision.at })];
};

const executionOf = ({ execution }: Attempt): readonly JsonObject[] => {
  if (execution === undefined) return [];
  const { outcome, reason = '', intentAt, finishedAt, written = [] } = execution;
  if (outcome === undefined) {
    return [
      condition('Executed', { status: 'Unknown', reason: 'Intended', message: 'the write is under way', at: intentAt }),
    ];
  }
  const message = reason === '' ? written.map(({ target }) => target).join(', ') : reason;
  const status = outcome === 'applied' ? 'True' : 'False';
  return [condition('Executed', { status, reason: camel(outcome), message, at: finishedAt ?? intentAt })];
};

const verificationOf = ({ verification }: Attempt): readonly JsonObject[] => {
  if (verification?.verdict === undefined) return [];
  const { verdict, startedAt, at } = verification;
  const status = verdict === 'recovered' ? 'True' : 'False';
  return [condition('Verified', { status, reason: camel(verdict), message: verdict, at: at ?? startedAt })];
};

const proposalOf = ({ plan }: Attempt): JsonObject =>
  condition('Proposed', { reason: camel(plan.action), message: plan.kubectl[0] ?? plan.reason, at: plan.at });

const closureOf = ({ closure }: CaseFile): readonly JsonObject[] =>
  closure === undefined
    ? []
    : [condition('Closed', { reason: camel(closure.outcome), message: closure.reason, at: closure.at })];

/** What people read of a case with `kubectl get incidents` and `kubectl describe`: the newest attempt's pages as conditions. */
export const statusOf = (file: CaseFile): JsonObject => {
  const attempt = file.attempts.at(-1);
  const workload = file.verdict?.cause?.workload ?? file.incident.suspect?.name;
  const { closure } = file;
  return {
    phase: phaseOf(file),
    ...(workload === undefined ? {} : { workload }),
    ...(file.verdict?.cause === undefined ? {} : { cause: file.verdict.cause.fault }),
    ...(closure === undefined ? {} : { outcome: closure.outcome, reason: closure.reason.slice(0, messageCharsMax) }),
    ...(closure?.nextStep === undefined ? {} : { nextStep: closure.nextStep.slice(0, messageCharsMax) }),
    conditions: [
      ...(attempt === undefined
        ? []
        : [proposalOf(attempt), ...decisionOf(attempt), ...executionOf(attempt), ...verificationOf(attempt)]),
      ...closureOf(file),
    ],
  };
};
