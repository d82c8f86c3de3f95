import type { ChaosAlertRule, FaultKind } from '../fault.ts';

/** Somebody meant 500 ms and typed 5. */
const mistypedMs = 5;

const ruleFor = (namespace: string, workload: string): ChaosAlertRule => ({
  alert: 'FrontendLatencyHigh',
  expr:
    `histogram_quantile(0.99, sum by (le, namespace, deployment) (rate(response_latency_ms_bucket{namespace="${namespace}",` +
    `deployment="${workload}",direction="inbound"}[1m]))) > ${mistypedMs}`,
  for: '2s',
  labels: { severity: 'critical', namespace, deployment: workload },
  annotations: { summary: `99th percentile latency of ${workload} is above ${mistypedMs} ms` },
});

/** Nothing is wrong: an alert with a mistyped threshold fires. The cluster is not touched, and nobody need touch it. */
export const falseAlarm: FaultKind = {
  name: 'false-alarm',
  description: 'Breaks nothing: an alerting rule with a mistyped threshold fires.',
  defaultWorkload: 'frontend',
  workloads: ['frontend'],
  truth: (workload) => ({ workload, fault: 'none' }),
  remedies: () => ['none'],
  witnesses: (workload) => [workload],
  strike: (room, workload) => {
    const alertRule = ruleFor(room.world.namespace, workload);
    room.onFalseAlarm(alertRule);
    let isOver = false;
    return {
      done: `Nothing was broken: ${alertRule.alert} fires above ${mistypedMs} ms.`,
      alertRule,
      isMended: () => true,
      mend: () => {
        if (!isOver) room.onFalseAlarm(null);
        isOver = true;
      },
    };
  },
};
