import { faultsAgainstCase, faultsInRecords } from '../src/analysis/check-journal.ts';
import { chainOf } from '../src/analysis/lineage-chain.ts';
import type { AuditRecord } from '../src/domain/audit.ts';
import type { CaseFile } from '../src/domain/case-file.ts';
import type { Command, Reply } from '../src/ports/command.ts';
import { aboutIncident } from './show.ts';

const linesMax = 12;
const linksMax = 24;
const faultsMax = 10;

const lineOf = (record: AuditRecord): string =>
  `#${record.sequence} ${record.at} ${record.actor.slice(0, 30)} ${record.verb.slice(0, 30)} ${record.subject.slice(0, 60)} ${record.hash.slice(0, 12)} <- ${record.previousHash.slice(0, 12)}`;

const chainLines = (file: CaseFile): string => {
  const links = chainOf(file);
  const told = links.slice(0, linksMax).map(({ name, at, text }) => `${name.padEnd(12)} ${at ?? ''} ${text}`);
  return [...told, ...(links.length > linksMax ? [`and ${links.length - linksMax} more links`] : [])].join('\n');
};

/** What the journal lost, got twice or has altered, one by one; the records of other incidents lie between, so only neighbours are compared. */
const faultParts = (file: CaseFile, records: readonly AuditRecord[]): Reply['parts'] => {
  const faults = [...faultsInRecords(records, false), ...faultsAgainstCase(records, file)];
  if (faults.length === 0)
    return [{ kind: 'text', text: 'The chain is whole: every page of the case has its record.' }];
  return [
    { kind: 'text', text: 'The chain is BROKEN: somebody changed the journal.' },
    { kind: 'list', items: faults.slice(0, faultsMax).map(({ where, what }) => ({ text: `${where} ${what}` })) },
  ];
};

const auditIdsOf = (file: CaseFile): readonly string[] => [
  ...new Set(
    file.attempts
      .flatMap(({ execution, undo }) => [...(execution?.written ?? []), ...(undo?.written ?? [])])
      .map(({ auditId }) => auditId),
  ),
];

// A UUID by its form: nothing else is ever put into a command that a person may copy.
const isUid = (uid: string): boolean => /^[0-9a-fA-F-]{8,64}$/.test(uid);

const replyOn = (file: CaseFile, records: readonly AuditRecord[]): Reply => {
  const { incident } = file;
  const auditIds = auditIdsOf(file);
  const told = records.filter(({ verb }) => verb !== 'look');
  const looks = records.length - told.length;
  const rest = told.length - linesMax;
  const grep = isUid(incident.uid)
    ? [{ kind: 'code', text: `grep '${incident.uid}' /var/log/kubernetes/audit.log` } as const]
    : [];
  const join = isUid(incident.uid)
    ? [{ kind: 'code', text: `npm run trace -- ${incident.uid} --audit-log /var/log/kubernetes/audit.log` } as const]
    : [];
  const lines =
    told.length === 0 ? 'The journal has nothing about it yet.' : told.slice(-linesMax).map(lineOf).join('\n');
  return {
    visibility: 'ephemeral',
    parts: [
      { kind: 'list', items: [{ text: `Trace of INC-${incident.number}`, incident: incident.uid }] },
      { kind: 'code', text: chainLines(file) },
      ...(rest > 0 ? [{ kind: 'note', text: `${rest} earlier lines are left out.` } as const] : []),
      { kind: 'code', text: lines },
      // Looks while verifying are many and alike: they would push the alert and the decision out of sight.
      ...(looks > 0 ? [{ kind: 'note', text: `${looks} looks at the signals are counted, not listed.` } as const] : []),
      ...faultParts(file, records),
      auditIds.length === 0
        ? { kind: 'text', text: 'Nothing was written to the cluster.' }
        : { kind: 'list', items: auditIds.slice(0, 10).map((id) => ({ text: `Audit-ID ${id}` })) },
      { kind: 'note', text: 'The same Incident-UID leads through the API server’s audit log:' },
      ...grep,
      ...join,
    ],
  };
};

/** The chain from the alert to the healthy system, the journal behind it, and how to join both with the API server's audit log. */
export const trace: Command = {
  name: 'trace',
  usage: 'trace <incident>',
  summary: 'shows the audit trail of an incident and its Audit-IDs',
  run: (input, { desk }) =>
    aboutIncident('trace', input, { desk, reply: async (file) => replyOn(file, await desk.trace(file.incident.uid)) }),
};
