import type { Answer } from '../ports/answer.ts';
import type { DryRunAnswer } from '../ports/cluster-writer.ts';
import type { PolicyState } from '../ports/policy-engine.ts';

const naming = 3;

/** Why the policies do not stand guard, as they and their webhooks say themselves; null when they do. */
export const troubleOfPolicies = (answer: Answer<readonly PolicyState[]>): string | null => {
  if (answer.outcome === 'unreachable') return `Kyverno's state is unknown: ${answer.reason}`;
  const policies = answer.outcome === 'found' ? answer.value : [];
  if (!policies.some(({ action, ready }) => action === 'Deny' && ready)) {
    return 'no Kyverno policy that can deny is in force: without one nothing is written';
  }
  const told = policies.flatMap(({ name, trouble }) => (trouble === undefined ? [] : [`policy "${name}" ${trouble}`]));
  const more = told.length > naming ? `, and ${told.length - naming} more` : '';
  return told.length === 0 ? null : `${told.slice(0, naming).join(', ')}${more}`;
};

/** Why an answer of the API server shows that nobody stands guard; null when it shows nothing of the kind. */
export const troubleOfAnswer = (answer: DryRunAnswer): string | null =>
  answer.kind === 'denied' && answer.by === 'unguarded' ? `Kyverno does not answer: ${answer.message}` : null;

/** What a challenge found: an unlawful write that is accepted shows a guard who only looks the part. */
export const troubleOfChallenge = (answer: DryRunAnswer): string | null =>
  answer.kind === 'accepted'
    ? 'a write without annotations was let through, which the policies must refuse'
    : troubleOfAnswer(answer);
