import { likelihood, percent } from '../../analysis/confidence.ts';
import type { Severity } from '../../domain/alert.ts';
import { type CaseFile, type CaseSummary, type Phase, phaseOf } from '../../domain/case-file.ts';
import type { Via } from '../../domain/decision.ts';
import type { Evidence } from '../../domain/evidence.ts';
import { type Discipline, faults } from '../../domain/fault.ts';
import type { Cause } from '../../domain/finding.ts';
import type { Instant } from '../../domain/json.ts';
import type { Outcome } from '../../domain/memory.ts';
import type { ActionName, Plan, Risk } from '../../domain/plan.ts';
import { shortName } from '../../domain/workload.ts';
import { type Mrkdwn, md } from './mrkdwn.ts';

/** `INC-7`, the incident's short handle. */
export const numberOf = (file: CaseFile | CaseSummary): string => `INC-${file.incident.number}`;

const phases: Readonly<Record<Phase, { readonly emoji: Mrkdwn; readonly words: string }>> = {
  collecting: { emoji: md`:mag:`, words: 'Gathering evidence' },
  investigating: { emoji: md`:mag:`, words: 'Specialists are reading the evidence' },
  deliberating: { emoji: md`:scales:`, words: 'The director is weighing the findings' },
  proposing: { emoji: md`:memo:`, words: 'Preparing a remedy' },
  awaiting_approval: { emoji: md`:hourglass_flowing_sand:`, words: 'Waiting for a decision' },
  executing: { emoji: md`:wrench:`, words: 'Carrying out the remedy' },
  verifying: { emoji: md`:stopwatch:`, words: 'Checking that the system is well again' },
  watching: { emoji: md`:eyes:`, words: 'No fault found, watching the signals' },
  concluding: { emoji: md`:memo:`, words: 'Writing the post-mortem' },
  closed: { emoji: md`:file_cabinet:`, words: 'Closed' },
};

const outcomes: Readonly<Record<Outcome, { readonly emoji: Mrkdwn; readonly words: string }>> = {
  resolved: { emoji: md`:white_check_mark:`, words: 'Resolved' },
  escalated: { emoji: md`:warning:`, words: 'Handed over to a person' },
  no_action: { emoji: md`:information_source:`, words: 'Closed without action' },
  self_resolved: { emoji: md`:seedling:`, words: 'Recovered by itself' },
  duplicate: { emoji: md`:link:`, words: 'Part of another incident' },
};

/** How a case ended, in words. */
export const outcomeWords = (outcome: Outcome): string => outcomes[outcome].words;

/** Where a case is, in words, with the emoji that goes with them; an ended case says how it ended. */
export const statusOf = (file: CaseFile | CaseSummary): { readonly emoji: Mrkdwn; readonly words: string } =>
  file.closure === undefined ? phases[phaseOf(file)] : outcomes[file.closure.outcome];

/** A severity in words. */
export const severityWords = (severity: Severity): string =>
  ({ critical: 'Critical', warning: 'Warning', info: 'Information' })[severity];

/** A specialist as the thread names it. */
export const specialistNames: Readonly<Record<Discipline, string>> = {
  network: 'NetworkAgent',
  database: 'DatabaseAgent',
  compute: 'ComputeAgent',
};

/** `Bad image in paymentservice (container server)`. */
export const causeWords = (cause: Cause): string => {
  if (cause.fault === 'none') return 'no fault: everything that was looked at is well';
  const component = cause.component === undefined ? '' : ` (${cause.component})`;
  return `${faults[cause.fault].title} in ${cause.workload}${component}`;
};

/** A confidence in words and as a number. */
export const confidenceWords = (confidence: number): string => `${likelihood(confidence)} (${percent(confidence)})`;

const actionWords: Readonly<Record<ActionName, string>> = {
  'restart-workload': 'Restart',
  'roll-back': 'Roll back',
  scale: 'Scale',
  'set-resources': 'Set the resources of',
  'patch-service': 'Mend the Service of',
  'revert-change': 'Take back the change around',
  'uncordon-node': 'Uncordon a node for',
  'raise-quota': 'Raise the quota for',
  'open-policy': 'Open the network policy before',
};

/** `Roll back deployment/paymentservice`. */
export const planWords = (plan: Plan): string => `${actionWords[plan.action]} ${shortName(plan.workload)}`;

/** A risk in words. */
export const riskWords = (risk: Risk): string =>
  ({ low: 'low', medium: 'medium', high: 'high: two people must approve it' })[risk];

/** By which way a decision came, in words. */
export const viaWords = (via: Via): string =>
  ({
    emoji: 'by emoji',
    button: 'by button',
    command: 'by command',
    auto: 'by the auto-approve window',
    deadline: 'by the deadline',
    policy: 'by policy',
  })[via];

/** The text with instants of the day of `at` as times of the clock: `04:31:17 UTC`. Those of other days keep their date. */
const clockTimes = (text: string, at: Instant): string =>
  text.replaceAll(/\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z/g, (instant, day: string, time: string) =>
    at.startsWith(day) ? `${time} UTC` : instant,
  );

/** One line for one piece of evidence: its number and what was observed. */
export const evidenceLine = ({ id, observation, window }: Evidence): Mrkdwn =>
  md`• *[${id}]* ${clockTimes(observation, window.to)}`;

/** The lines of the evidence with these ids, in this order; ids that the context does not have are left out. */
export const evidenceLines = (file: CaseFile, ids: readonly string[], most: number): readonly Mrkdwn[] => {
  const byId = new Map((file.context?.evidence ?? []).map((evidence) => [evidence.id, evidence]));
  return ids
    .flatMap((id) => byId.get(id) ?? [])
    .slice(0, most)
    .map(evidenceLine);
};

/** The first characters of a plan's hash, enough to tell plans apart. */
export const shortHash = (hash: string): string => hash.replace(/^sha256:/, '').slice(0, 12);

/** A duration in words: milliseconds below a second, else seconds with one digit. */
export const durationWords = (ms: number): string =>
  ms < 1_000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1_000).toFixed(1)} s`;
