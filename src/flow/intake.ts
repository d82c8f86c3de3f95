import { boundedLine } from '../analysis/alert-reading.ts';
import type { Alert } from '../domain/alert.ts';
import type { CaseFile, CaseSummary } from '../domain/case-file.ts';
import type { Topology } from '../domain/context.ts';
import type { CaseAlert, Incident } from '../domain/incident.ts';
import { limits } from '../limits.ts';
import type { AlertInbox, InboxEntry } from '../ports/alert-inbox.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Meter } from '../ports/meter.ts';
import { namespaceOf, suspectOf } from './alert-subject.ts';
import { type RoadTools, turnPage } from './road.ts';

/** What intake needs beside the road's tools. */
export interface IntakeDeps extends RoadTools {
  readonly inbox: AlertInbox;
  readonly cluster: Pick<Cluster, 'topology'>;
  readonly meter: Meter;
  /** The namespace of alerts that name none. */
  readonly namespace: string;
}

/** The uid under which alerts are filed that belong to no case (a resolved notice that came late). */
const noCase = 'none';

const batchMax = 100;

const sameTrouble = (file: CaseSummary, alert: Alert): boolean =>
  file.alerts.some((known) => known.source === alert.source && known.fingerprint === alert.fingerprint);

/** Near means the same workload or one call away: a broken callee and its complaining caller are one trouble. */
const near = (topology: Topology, a: string, b: string): boolean =>
  a === b || topology.edges.some(({ from, to }) => (from === a && to === b) || (from === b && to === a));

const workloadsOf = (file: CaseSummary): readonly string[] => [
  ...new Set(file.alerts.map((alert) => suspectOf(alert, file.incident.namespace)?.name ?? '')),
];

const withinGroupingTime = (file: CaseSummary, alert: Alert): boolean =>
  Math.abs(Date.parse(alert.receivedAt) - Date.parse(file.incident.openedAt)) <= limits.groupingMsMax;

/** The open case that an alert belongs to: the same fingerprint, else a near trouble in the same namespace that began about then. */
export const caseFor = (
  alert: Alert,
  open: readonly CaseSummary[],
  known: { readonly topology: Topology; readonly namespace: string },
): CaseSummary | undefined => {
  const live = open.filter((file) => file.closure === undefined);
  const same = live.find((file) => sameTrouble(file, alert));
  if (same !== undefined || alert.status === 'resolved') return same;
  const suspect = suspectOf(alert, known.namespace);
  const namespace = namespaceOf(alert, known.namespace);
  return live.find(
    (file) =>
      suspect !== undefined &&
      file.incident.namespace === namespace &&
      file.alerts.length < limits.alertsPerCaseMax &&
      withinGroupingTime(file, alert) &&
      workloadsOf(file).some((workload) => near(known.topology, workload, suspect.name)),
  );
};

const withAlert = (file: CaseFile, entry: InboxEntry): CaseFile | null =>
  file.alerts.some((alert) => alert.inboxId === entry.id)
    ? null
    : { ...file, alerts: [...file.alerts, { ...entry.alert, inboxId: entry.id, repeats: 0 }] };

const newCase = (entry: InboxEntry, uid: string, deps: IntakeDeps): CaseFile => {
  const alert: CaseAlert = { ...entry.alert, inboxId: entry.id, repeats: 0 };
  const suspect = suspectOf(alert, deps.namespace);
  const incident: Incident = {
    uid,
    number: 0,
    title: boundedLine(alert.annotations.summary ?? '', limits.observationCharsMax) || alert.name,
    severity: alert.severity,
    namespace: namespaceOf(alert, deps.namespace),
    ...(suspect === undefined ? {} : { suspect }),
    openedAt: deps.clock.now(),
  };
  return { version: 0, incident, alerts: [alert], findings: {}, attempts: [] };
};

/** Takes alerts out of the inbox into cases, one after the other: two alerts of one trouble must not open two cases. */
export const createIntake = (deps: IntakeDeps) => {
  const topologyOf = async (namespace: string): Promise<Topology> => {
    const answer = await deps.cluster.topology(namespace);
    return answer.outcome === 'found' ? answer.value : { workloads: [], edges: [] };
  };

  const noteOf = (entry: InboxEntry) => ({
    actor: `${entry.alert.source}:${entry.alert.sender.name}`,
    subject: entry.alert.name,
    detail: {
      fingerprint: entry.alert.fingerprint,
      status: entry.alert.status,
      inboxId: entry.id,
      ...(entry.alert.doubts === undefined ? {} : { doubts: entry.alert.doubts }),
    },
  });

  const open = async (entry: InboxEntry): Promise<string> => {
    const file = newCase(entry, deps.ids.uid(), deps);
    const { uid, namespace, severity } = file.incident;
    await deps.cases.create(file, { uid, ...noteOf(entry), verb: 'open' });
    deps.meter.count('incidents_total', { severity });
    deps.log.info({ uid, namespace, alert: entry.alert.name }, 'incident opened');
    return uid;
  };

  const join = async (file: CaseSummary, entry: InboxEntry): Promise<string> => {
    const { uid } = file.incident;
    const verb = entry.alert.status === 'resolved' ? 'alert-resolved' : 'alert-joined';
    await turnPage(deps, uid, { write: (current) => withAlert(current, entry), note: { ...noteOf(entry), verb } });
    return uid;
  };

  const file = async (entry: InboxEntry): Promise<void> => {
    const openCases = await deps.cases.open();
    // A crash between the case's page and the assignment leaves the entry pending: then the case already holds it.
    const holder = openCases.find((candidate) => candidate.alerts.some((alert) => alert.inboxId === entry.id));
    const namespace = namespaceOf(entry.alert, deps.namespace);
    const known = { topology: await topologyOf(namespace), namespace: deps.namespace };
    const match = holder ?? caseFor(entry.alert, openCases, known);
    if (match !== undefined) return deps.inbox.assign(entry.id, await join(match, entry));
    if (entry.alert.status === 'firing') return deps.inbox.assign(entry.id, await open(entry));
    await deps.journal.append({ uid: noCase, ...noteOf(entry), verb: 'resolved-without-case' });
    return deps.inbox.assign(entry.id, noCase);
  };

  return async (): Promise<void> => {
    for (;;) {
      const entries = await deps.inbox.pending(batchMax);
      if (entries.length === 0) return;
      for (const entry of entries) await file(entry);
    }
  };
};
