import type { Json } from '../domain/json.ts';
import { isJsonObject, listAt, numberAt, textAt, textsAt } from '../domain/json-read.ts';
import type { AuditEvent, LineageFault } from '../domain/lineage.ts';

const incidentKey = 'sre.ai4all.dev/incident-uid';
const actionKey = 'sre.ai4all.dev/action-id';

/** The stamp that a request wrote: in a merge patch below metadata, in a list of operations one by one. */
const stampIn = (body: Json | undefined): Readonly<Record<string, string>> => {
  if (!Array.isArray(body)) return textsAt(body, 'metadata', 'annotations');
  const named = (key: string): Readonly<Record<string, string>> => {
    const path = `/metadata/annotations/${key.replaceAll('/', '~1')}`;
    const value = body
      .map((operation) => (textAt(operation, 'path') === path ? textAt(operation, 'value') : ''))
      .join('');
    return value === '' ? {} : { [key]: value };
  };
  return { ...named(incidentKey), ...named(actionKey) };
};

const eventOf = (line: Json): AuditEvent | null => {
  if (!isJsonObject(line) || textAt(line, 'kind') !== 'Event' || textAt(line, 'auditID') === '') return null;
  const uri = textAt(line, 'requestURI');
  const { [incidentKey]: incidentUid, [actionKey]: actionId } = stampIn(line.requestObject);
  return {
    auditId: textAt(line, 'auditID'),
    stage: textAt(line, 'stage'),
    verb: textAt(line, 'verb'),
    // Who acts for somebody else is not the one who acts.
    user: textAt(line, 'impersonatedUser', 'username') || textAt(line, 'user', 'username'),
    uri,
    resource: [textAt(line, 'objectRef', 'resource'), textAt(line, 'objectRef', 'subresource')]
      .filter(Boolean)
      .join('/'),
    namespace: textAt(line, 'objectRef', 'namespace'),
    name: textAt(line, 'objectRef', 'name'),
    code: numberAt(line, 'responseStatus', 'code') ?? 0,
    receivedAt: textAt(line, 'requestReceivedTimestamp'),
    isDryRun: /[?&]dryRun=All(&|$)/.test(uri),
    ...(incidentUid === undefined ? {} : { incidentUid }),
    ...(actionId === undefined ? {} : { actionId }),
  };
};

const parsed = (line: string): Json => {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return null;
  }
};

/** One line of an audit log. An `EventList`, as webhooks get it, is several; null when it is no audit event. */
const readAuditLine = (line: string): readonly AuditEvent[] | null => {
  const value = parsed(line);
  const items = textAt(value, 'kind') === 'EventList' ? listAt(value, 'items') : [value];
  const events = items.map(eventOf);
  return events.every((event) => event !== null) ? events : null;
};

/** Reads an audit log line by line, because it may be larger than memory, and keeps what concerns one incident. */
export const createAuditReader = (uid: string) => {
  const events: AuditEvent[] = [];
  const faults: LineageFault[] = [];
  let number = 0;
  return {
    events,
    /** The lines that are no events. */
    faults,
    read: (line: string): void => {
      number += 1;
      if (line.trim() === '') return;
      const found = readAuditLine(line);
      if (found === null) faults.push({ where: `audit log, line ${number}`, what: 'is no event of audit.k8s.io/v1' });
      events.push(...(found ?? []).filter((event) => event.auditId.startsWith(`${uid}.`) || event.incidentUid === uid));
    },
  };
};
