import type { Attempt } from '../domain/attempt.ts';
import type { CaseFile } from '../domain/case-file.ts';
import type { Execution } from '../domain/execution.ts';
import type { Link, LinkName } from '../domain/lineage.ts';
import { shortName } from '../domain/workload.ts';

const textCharsMax = 160;
const alertsTold = 5;
const evidenceTold = 3;

const clipped = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > textCharsMax ? `${line.slice(0, textCharsMax - 1)}…` : line;
};

const link = (name: LinkName, at: string | undefined, text: string): Link => ({
  name,
  ...(at === undefined ? {} : { at }),
  text: clipped(text),
});

const alertLinks = ({ alerts }: CaseFile): readonly Link[] => [
  ...alerts
    .slice(0, alertsTold)
    .map(({ name, status, source, fingerprint, sender, receivedAt }) =>
      link(
        'alert',
        receivedAt,
        `${name} ${status}: ${source}, fingerprint ${fingerprint}, sent by ${sender.name} (${sender.via})`,
      ),
    ),
  ...(alerts.length > alertsTold ? [link('alert', undefined, `and ${alerts.length - alertsTold} more`)] : []),
];

const evidenceLinks = ({ context, verdict }: CaseFile): readonly Link[] => {
  if (context === undefined) return [];
  const cited = (verdict?.evidence ?? []).slice(0, evidenceTold);
  const strongest = context.evidence.filter(({ id }) => cited.includes(id));
  return [
    link(
      'evidence',
      undefined,
      `${context.evidence.length} pieces; the verdict rests on ${cited.join(', ') || 'none'}`,
    ),
    ...strongest.map(({ id, subject, observation, hash }) =>
      link('evidence', undefined, `${id} ${subject}: ${observation} [${hash.slice(0, 12)}]`),
    ),
  ];
};

const verdictLinks = ({ verdict }: CaseFile): readonly Link[] => {
  if (verdict === undefined) return [];
  const cause = verdict.cause === undefined ? 'no cause' : `${verdict.cause.fault} of ${verdict.cause.workload}`;
  return [
    link('verdict', verdict.at, `${verdict.kind}: ${cause}, confidence ${Math.round(verdict.confidence * 100)} %`),
  ];
};

const dryRunLinks = ({ plan, review }: Attempt, uid: string): readonly Link[] => {
  if (review === undefined) return [];
  const refused = review.gates.find(({ passed }) => !passed);
  const said =
    refused === undefined ? 'accepted, all gates passed' : `refused at the gate "${refused.name}": ${refused.reason}`;
  return [{ ...link('dry run', review.at, said), auditId: `${uid}.${plan.id}.dry` }];
};

const decisionLinks = ({ decision }: Attempt): readonly Link[] => {
  if (decision === undefined) return [];
  const who = decision.by.length === 0 ? 'nobody' : decision.by.map(({ id, name }) => `${name} (${id})`).join(' and ');
  return [
    link(
      'decision',
      decision.at,
      `${decision.kind} by ${who} via ${decision.via}, plan hash ${decision.planHash.slice(0, 12)}`,
    ),
  ];
};

const executionLinks = (name: 'write' | 'undo', execution: Execution | undefined): readonly Link[] => {
  if (execution === undefined) return [];
  const outcome = execution.outcome ?? 'intended, not yet known';
  const written = (execution.written ?? []).map(({ target, resourceVersion, auditId }) => ({
    ...link(name, execution.finishedAt, `${outcome}: ${target}, resourceVersion ${resourceVersion}`),
    auditId,
  }));
  const reason = execution.reason === undefined ? '' : `: ${execution.reason}`;
  return written.length > 0 ? written : [link(name, execution.finishedAt ?? execution.intentAt, `${outcome}${reason}`)];
};

const attemptLinks = (attempt: Attempt, uid: string): readonly Link[] => {
  const { plan, verification } = attempt;
  const targets = plan.patches.map(({ target }) => shortName(target)).join(', ');
  return [
    link('plan', plan.at, `${plan.action} ${targets}, hash ${plan.hash}`),
    ...dryRunLinks(attempt, uid),
    ...decisionLinks(attempt),
    ...executionLinks('write', attempt.execution),
    ...(verification === undefined
      ? []
      : [link('verification', verification.at ?? verification.checkedAt, verification.verdict ?? 'going on')]),
    ...executionLinks('undo', attempt.undo),
  ];
};

/** The whole chain of an incident as its case file tells it: alert, evidence, verdict, and of each attempt plan, dry run, decision, write and verification. */
export const chainOf = (file: CaseFile): readonly Link[] => [
  ...alertLinks(file),
  ...evidenceLinks(file),
  ...verdictLinks(file),
  ...file.attempts.flatMap((attempt) => attemptLinks(attempt, file.incident.uid)),
  ...(file.closure === undefined
    ? []
    : [link('end', file.closure.at, `${file.closure.outcome}: ${file.closure.reason}`)]),
];
