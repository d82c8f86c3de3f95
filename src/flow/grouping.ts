import { downstreamOf, upstreamOf } from '../analysis/topology.ts';
import type { Alert } from '../domain/alert.ts';
import type { CaseSummary } from '../domain/case-file.ts';
import type { Topology } from '../domain/context.ts';
import type { Cause } from '../domain/finding.ts';
import type { CaseAlert } from '../domain/incident.ts';
import type { Verdict } from '../domain/verdict.ts';
import { limits } from '../limits.ts';
import { namespaceOf, suspectOf } from './alert-subject.ts';

type Edges = Pick<Topology, 'edges'>;
type Told = Pick<CaseSummary, 'incident' | 'alerts' | 'verdict'>;

/** The same trouble, told again, has the same key. */
export const fingerprintKey = ({ source, fingerprint }: Alert): string => `${source}/${fingerprint}`;

/** The workload that a verdict blames, if it blames one. */
export const blamedBy = (verdict: Verdict | undefined): string | undefined =>
  verdict?.cause === undefined || verdict.cause.fault === 'none' ? undefined : verdict.cause.workload;

/** In how many calls the trouble of `cause` reaches `workload`: 0 for itself; undefined when it does not, or is too far away to be believed. */
export const callsFrom = (topology: Edges, cause: string, workload: string): number | undefined => {
  if (cause === workload) return 0;
  const calls = upstreamOf(topology, cause).get(workload);
  return calls !== undefined && calls <= limits.groupingCallsMax ? calls : undefined;
};

const workloadsOf = ({ incident, alerts }: Told): readonly string[] => [
  ...new Set(alerts.flatMap((alert) => suspectOf(alert, incident.namespace)?.name ?? [])),
];

/**
 * The workload that a case is about: what the verdict blames; before that, of the workloads that its alerts name, the one
 * that needs none of the others: trouble flows from the callee to its callers.
 */
export const focusOf = (file: Told, topology: Edges): string | undefined => {
  const blamed = blamedBy(file.verdict);
  if (blamed !== undefined) return blamed;
  const names = workloadsOf(file);
  const deepest = names.find((name) => {
    const needs = downstreamOf(topology, name);
    return names.every((other) => other === name || !needs.has(other));
  });
  return deepest ?? names[0];
};

/** How far an alert's workload is from what a case is about; undefined when neither explains the other. */
const callsBetween = (file: Told, suspect: string, topology: Edges): number | undefined => {
  const focus = focusOf(file, topology);
  if (focus === undefined) return undefined;
  const symptom = callsFrom(topology, focus, suspect);
  if (symptom !== undefined || file.verdict !== undefined) return symptom;
  // Nobody has judged yet: what called first may have been the symptom of what calls now.
  return callsFrom(topology, suspect, focus);
};

const withinGroupingTime = ({ incident }: Told, alert: Alert): boolean =>
  Math.abs(Date.parse(alert.receivedAt) - Date.parse(incident.openedAt)) <= limits.groupingMsMax;

/** Alerts that name no workload belong together when they say the same. */
const saysTheSame = (file: Told, alert: Alert): boolean =>
  file.incident.suspect === undefined && file.alerts[0]?.name === alert.name;

/** What grouping knows beside the alert. `namespace` is that of alerts which name none. */
export interface Surroundings {
  readonly topology: Edges;
  readonly namespace: string;
}

/**
 * The open case that a firing alert of a new fingerprint belongs to: in the same namespace, begun about then, and about
 * the same workload or one whose trouble reaches it; the nearest, and of equals the oldest.
 */
export const caseNear = (
  alert: Alert,
  open: readonly CaseSummary[],
  { topology, namespace }: Surroundings,
): CaseSummary | undefined => {
  const suspect = suspectOf(alert, namespace)?.name;
  const around = open.filter(
    (file) =>
      file.closure === undefined &&
      file.incident.namespace === namespaceOf(alert, namespace) &&
      withinGroupingTime(file, alert),
  );
  if (suspect === undefined) return around.find((file) => saysTheSame(file, alert));
  const near = around.flatMap((file) => {
    const calls = callsBetween(file, suspect, topology);
    return calls === undefined ? [] : [{ file, calls }];
  });
  return near.toSorted((a, b) => a.calls - b.calls || a.file.incident.number - b.file.incident.number)[0]?.file;
};

/** How much a workload needs: causes come before their symptoms when both arrive together. */
export const needsOf = (alert: Alert, { topology, namespace }: Surroundings): number => {
  const suspect = suspectOf(alert, namespace)?.name;
  return suspect === undefined ? 0 : downstreamOf(topology, suspect).size;
};

/** The alerts of a judged case that its cause cannot explain; none when it explains no alert at all, for then the verdict is the odd one. */
export const straysOf = (file: Told, topology: Edges): readonly CaseAlert[] => {
  const blamed = blamedBy(file.verdict);
  if (blamed === undefined) return [];
  const strays = file.alerts.filter((alert) => {
    const suspect = suspectOf(alert, file.incident.namespace)?.name;
    return suspect !== undefined && callsFrom(topology, blamed, suspect) === undefined;
  });
  return strays.length === file.alerts.length ? [] : strays;
};

const isAbout = (file: Told, cause: Cause): boolean =>
  file.verdict?.cause?.workload === cause.workload && file.verdict.cause.fault === cause.fault;

/** The other live cases of the same namespace. */
const besides = (file: Told, open: readonly CaseSummary[]): readonly CaseSummary[] =>
  open.filter(
    ({ incident, closure }) =>
      incident.uid !== file.incident.uid && closure === undefined && incident.namespace === file.incident.namespace,
  );

const isAhead = (other: CaseSummary, file: Told): boolean =>
  other.attempts.length > 0 || other.incident.number < file.incident.number;

/** The open case that deals with the very cause of this one already: it has a plan, or is older. */
export const originalOf = (file: Told, open: readonly CaseSummary[]): CaseSummary | undefined => {
  const cause = file.verdict?.cause;
  if (cause === undefined || blamedBy(file.verdict) === undefined) return undefined;
  return besides(file, open).find((other) => isAbout(other, cause) && isAhead(other, file));
};

/** Further causes of a verdict that other open cases are about: those deal with them. */
export const causesElsewhere = (file: Told, open: readonly CaseSummary[]): readonly Cause[] =>
  (file.verdict?.others ?? []).filter((cause) => besides(file, open).some((other) => isAbout(other, cause)));
