import { boundedLine } from '../analysis/alert-reading.ts';
import { type CaseFile, type CaseSummary, summaryOf } from '../domain/case-file.ts';
import type { Incident } from '../domain/incident.ts';
import { limits } from '../limits.ts';
import type { AlertInbox, InboxEntry } from '../ports/alert-inbox.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Meter } from '../ports/meter.ts';
import { namespaceOf, suspectOf } from './alert-subject.ts';
import { caseAlertOf, holds, withCaseAlert } from './case-alerts.ts';
import { type CaseBoard, createCaseBoard } from './case-board.ts';
import { fingerprintKey, needsOf, type Surroundings } from './grouping.ts';
import { type PageNote, type RoadTools, turnPage } from './road.ts';

/** What intake needs beside the road's tools. */
export interface IntakeDeps extends RoadTools {
  readonly inbox: AlertInbox;
  readonly cluster: Pick<Cluster, 'topology'>;
  readonly meter: Meter;
  /** The namespace of alerts that name none. */
  readonly namespace: string;
}

/** What one pass over the inbox left there. */
export interface Leftover {
  /** Alerts of new troubles that wait until other cases are closed. */
  readonly waiting: number;
  /** True when a case was closed while an alert was about to join it: another pass finds it another place. */
  readonly again: boolean;
}

/** The uid under which alerts are filed that belong to no case: news of an end whose beginning nobody told. */
const noCase = 'none';

const batchMax = 100;

/** Closed cases that late news of an end may belong to. */
const recentMax = 200;

type Surround = (entry: InboxEntry) => Promise<Surroundings>;

/** The topology is asked for once a batch and namespace, and only when an alert needs it. */
const createSurround = ({ cluster, namespace }: IntakeDeps): Surround => {
  const known = new Map<string, Promise<Surroundings>>();
  const ask = async (name: string): Promise<Surroundings> => {
    const answer = await cluster.topology(name);
    return { namespace, topology: answer.outcome === 'found' ? answer.value : { edges: [] } };
  };
  return ({ alert }) => {
    const name = namespaceOf(alert, namespace);
    const asked = known.get(name) ?? ask(name);
    known.set(name, asked);
    return asked;
  };
};

const newCase = (entry: InboxEntry, uid: string, deps: IntakeDeps): CaseFile => {
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

const createFiling = (deps: IntakeDeps) => {
  const open = async (entry: InboxEntry): Promise<CaseSummary> => {
    const file = newCase(entry, deps.ids.uid(), deps);
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

  /** News of an end belongs to the case that was told of the beginning, even when that is closed by now. */
  const fileLate = async (entry: InboxEntry): Promise<void> => {
    const key = fingerprintKey(entry.alert);
    const recent = await deps.cases.recent(recentMax);
    const closed = recent.find((file) => file.alerts.some((alert) => fingerprintKey(alert) === key));
    const uid = closed?.incident.uid ?? noCase;
    const verb = closed === undefined ? 'resolved-without-case' : 'resolved-after-close';
    await deps.journal.append({ uid, actor: actorOf(entry), verb, subject: entry.alert.name, detail: tellOf(entry) });
    await deps.inbox.assign([entry.id], uid);
  };

  return { open, join, fileLate };
};

/** Causes before symptoms: what needs nobody is filed first. The order within one workload stays. */
const causesFirst = async (entries: readonly InboxEntry[], surround: Surround): Promise<readonly InboxEntry[]> => {
  if (entries.length < 2) return entries;
  const weighed = await Promise.all(
    entries.map(async (entry) => ({ entry, needs: needsOf(entry.alert, await surround(entry)) })),
  );
  return weighed.toSorted((a, b) => a.needs - b.needs).map(({ entry }) => entry);
};

/**
 * Takes alerts out of the inbox into cases, batch by batch and one batch after the other: two alerts of one trouble must not
 * open two cases. Alerts that join the same case are one page of it.
 */
export const createIntake = (deps: IntakeDeps) => {
  const filing = createFiling(deps);

  const placeOf = async (entry: InboxEntry, board: CaseBoard, surround: Surround): Promise<string | undefined> => {
    const known = board.knows(entry);
    if (known !== undefined || entry.alert.status === 'resolved') return known;
    return board.near(entry, await surround(entry));
  };

  /** Opens a case, or files news of an end; false when a new trouble has to wait. */
  const fileAlone = async (entry: InboxEntry, board: CaseBoard): Promise<boolean> => {
    if (entry.alert.status === 'resolved') await filing.fileLate(entry);
    else if (board.size() >= limits.openCasesMax) return false;
    else board.add(await filing.open(entry));
    return true;
  };

  /** Finds each entry its place; what opens a case is written at once, what joins one is gathered by case. */
  const sortBatch = async (entries: readonly InboxEntry[]) => {
    const board = createCaseBoard(await deps.cases.open());
    const surround = createSurround(deps);
    const joins = new Map<string, readonly InboxEntry[]>();
    let waiting = 0;
    for (const entry of await causesFirst(entries, surround)) {
      const place = await placeOf(entry, board, surround);
      if (place !== undefined) {
        board.join(place, entry);
        joins.set(place, [...(joins.get(place) ?? []), entry]);
      } else if (!(await fileAlone(entry, board))) waiting += 1;
    }
    return { joins, waiting };
  };

  const fileBatch = async (entries: readonly InboxEntry[]): Promise<Leftover> => {
    const { joins, waiting } = await sortBatch(entries);
    const left: string[] = [];
    for (const [uid, joined] of joins) if (!(await filing.join(uid, joined))) left.push(uid);
    return { waiting, again: left.length > 0 };
  };

  return async (): Promise<Leftover> => {
    let waiting = 0;
    let again = false;
    for (let after = ''; ; ) {
      const entries = await deps.inbox.pending(batchMax, after);
      const last = entries.at(-1);
      if (last === undefined) return { waiting, again };
      const left = await fileBatch(entries);
      waiting += left.waiting;
      again ||= left.again;
      after = last.id;
    }
  };
};
