import type { CaseAlert } from '../domain/incident.ts';
import type { Check } from '../domain/verification.ts';
import type { Answer } from '../ports/answer.ts';
import type { ActiveAlert } from '../ports/metrics.ts';

const name = 'alerts of this incident';

/** Labels that name one instance of a trouble: after a restart the same alert carries another pod. */
const fleeting = ['pod', 'instance', 'container', 'node', 'uid', 'replicaset'];

const isSame = (alert: CaseAlert, active: ActiveAlert): boolean =>
  alert.name === active.name &&
  Object.entries(active.labels)
    .filter(([label]) => !fleeting.includes(label))
    .every(([label, value]) => alert.labels[label] === undefined || alert.labels[label] === value);

/** Whether none of the case's alerts fires in Prometheus any more. No answer is no all-clear. */
export const alertCheck = (alerts: readonly CaseAlert[], answer: Answer<readonly ActiveAlert[]>): Check => {
  if (answer.outcome === 'unreachable') {
    return {
      name,
      passed: false,
      answered: false,
      observation: `Prometheus did not say which alerts fire: ${answer.reason}.`,
    };
  }
  const active = answer.outcome === 'found' ? answer.value : [];
  const still = [
    ...new Set(alerts.filter((alert) => active.some((each) => isSame(alert, each))).map((alert) => alert.name)),
  ];
  return still.length === 0
    ? { name, passed: true, observation: 'None of them fires in Prometheus.' }
    : { name, passed: false, observation: `Still firing in Prometheus: ${still.slice(0, 5).join(', ')}.` };
};
