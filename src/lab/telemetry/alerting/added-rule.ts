import { parseDurationMs } from '../duration.ts';
import type { AlertRule } from './alert-rule.ts';

/** A rule that is given while the laboratory runs, in the words of a rule file. */
export interface AddedRule {
  readonly alert: string;
  readonly expr: string;
  /** A duration such as `30s`; absent means that it fires at once. */
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The complete rule. Throws RangeError for a duration that cannot be read. */
export const completeRule = (rule: AddedRule): AlertRule => {
  const forMs = parseDurationMs(rule.for ?? '0s');
  if (forMs === null) throw new RangeError(`not a duration: ${rule.for}`);
  return {
    alert: rule.alert,
    expr: rule.expr,
    forMs,
    keepFiringForMs: 0,
    labels: rule.labels ?? {},
    annotations: rule.annotations ?? {},
  };
};
