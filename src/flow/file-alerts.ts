import { boundedLine } from '../analysis/alert-reading.ts';
import { type CaseFile, type CaseSummary, summaryOf } from '../domain/case-file.ts';
import type { Incident } from '../domain/incident.ts';
import { limits } from '../limits.ts';
import type { AlertInbox, InboxEntry } from '../ports/alert-inbox.ts';
import type { Meter } from '../ports/meter.ts';
import { namespaceOf, suspectOf } from './alert-subject.ts';
import { caseAlertOf, holds, withCaseAlert } from './case-alerts.ts';
import { fingerprintKey } from './grouping.ts';
import { leaseLost } from './lease-lost.ts';
import { type PageNote, type RoadTools, turnPage } from './road.ts';

/** What filing needs beside the road's tools. */
export interface FilingDeps extends RoadTools {
  readonly inbox: AlertInbox;
  readonly meter: Meter;
  /** The namespace of alerts that name none. */
  readonly namespace: string;
  /** Whether this replica may still take alerts in; default: yes. */
  readonly owns?: () => boolean;
}

/** The uid under which alerts are filed that belong to no case: news of an end whose beginning nobody told. */
const noCase = 'none';

/** Closed cases that late news of an end may belong to. */
const recentMax = 200;

const newCase = (entry: InboxEntry, uid: string, deps: FilingDeps): CaseFile => {
  const { alert } = entry;
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
  return { version: 0, incident, alerts: [caseAlertOf(entry)], findings: {}, attempts: [] };
};

const tellOf = ({ id, alert }: InboxEntry) => ({
  inboxId: id,
  fingerprint: alert.fingerprint,
  status: alert.status,
  ...(alert.doubts === undefined ? {} : { doubts: alert.doubts }),
});

const actorOf = ({ alert }: InboxEntry): string => `${alert.source}:${alert.sender.name}`;

/** One line in the journal for all alerts that join a case together. */
const joinNote = (first: InboxEntry, entries: readonly InboxEntry[]): PageNote => ({
  actor: actorOf(first),
  verb: entries.every(({ alert }) => alert.status === 'resolved') ? 'alert-resolved' : 'alert-joined',
  subject: [...new Set(entries.map(({ alert }) => alert.name))].slice(0, 5).join(', '),
  detail: entries.length === 1 ? tellOf(first) : { alerts: entries.map(tellOf) },
});

/** The three ways in which an alert leaves the inbox: it opens a case, joins one, or is news of an end that comes late. */
export const createFiling = (deps: FilingDeps) => {
  const { owns = () => true } = deps;
  const mustOwn = (): void => {
    if (!owns()) throw leaseLost('inbox');
  };

  /** An alert names the case that it opens: two replicas that meet over one alert cannot open two. An alert that was given back opens another. */
  const uidFor = async (entry: InboxEntry): Promise<string> =>
    (await deps.cases.read(entry.id)) === null ? entry.id : deps.ids.uid();

  /** Resolves with the new case's summary. */
  const open = async (entry: InboxEntry): Promise<CaseSummary> => {
    mustOwn();
    const file = newCase(entry, await uidFor(entry), deps);
    const { uid, namespace, severity } = file.incident;
    const note = { uid, actor: actorOf(entry), verb: 'open', subject: entry.alert.name, detail: tellOf(entry) };
    const stored = await deps.cases.create(file, note);
    deps.meter.count('incidents_total', { severity });
    deps.log.info({ uid, namespace, alert: entry.alert.name }, 'incident opened');
    await deps.inbox.assign([entry.id], uid);
    return summaryOf(stored);
  };

  /** Resolves with false when the case was closed meanwhile: what fires must not vanish in it. */
  const join = async (uid: string, entries: readonly InboxEntry[]): Promise<boolean> => {
    const [first] = entries;
    if (first === undefined) return true;
    mustOwn();
    const seen = { closed: false };
    await turnPage(deps, uid, {
      write: (current) => {
        const news = entries.filter(({ id }) => !holds(current, id));
        seen.closed = current.closure !== undefined && news.length > 0;
        return seen.closed || news.length === 0 ? null : news.map(caseAlertOf).reduce(withCaseAlert, current);
      },
      note: joinNote(first, entries),
    });
    if (seen.closed) return false;
    await deps.inbox.assign(
      entries.map(({ id }) => id),
      uid,
    );
    return true;
  };

  /** News of an end belongs to the case that was told of the beginning, even when that is closed by now. False when nobody was told of it. */
  const fileLate = async (entry: InboxEntry): Promise<boolean> => {
    mustOwn();
    const key = fingerprintKey(entry.alert);
    const recent = await deps.cases.recent(recentMax);
    const closed = recent.find((file) => file.alerts.some((alert) => fingerprintKey(alert) === key));
    const uid = closed?.incident.uid ?? noCase;
    const verb = closed === undefined ? 'resolved-without-case' : 'resolved-after-close';
    await deps.journal.append({ uid, actor: actorOf(entry), verb, subject: entry.alert.name, detail: tellOf(entry) });
    await deps.inbox.assign([entry.id], uid);
    return closed !== undefined;
  };

  return { open, join, fileLate };
};
