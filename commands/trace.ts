import type { AuditRecord } from '../src/domain/audit.ts';
import type { CaseFile } from '../src/domain/case-file.ts';
import type { Command, Reply } from '../src/ports/command.ts';
import { aboutIncident } from './show.ts';

const linesMax = 25;

const lineOf = (record: AuditRecord): string =>
  `#${record.sequence} ${record.at} ${record.actor.slice(0, 30)} ${record.verb.slice(0, 30)} ${record.subject.slice(0, 60)} ${record.hash.slice(0, 12)} <- ${record.previousHash.slice(0, 12)}`;

/** Whether each listed record continues the one before it; the records of other incidents lie between, so only neighbours can be compared. */
const isBroken = (records: readonly AuditRecord[]): boolean =>
  records.some((record, index) => {
    const before = records[index - 1];
    return before !== undefined && record.sequence === before.sequence + 1 && record.previousHash !== before.hash;
  });

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
  const lines =
    told.length === 0 ? 'The journal has nothing about it yet.' : told.slice(-linesMax).map(lineOf).join('\n');
  return {
    visibility: 'ephemeral',
    parts: [
      { kind: 'list', items: [{ text: `Trace of INC-${incident.number}`, incident: incident.uid }] },
      ...(rest > 0 ? [{ kind: 'note', text: `${rest} earlier lines are left out.` } as const] : []),
      { kind: 'code', text: lines },
      // Looks while verifying are many and alike: they would push the alert and the decision out of sight.
      ...(looks > 0 ? [{ kind: 'note', text: `${looks} looks at the signals are counted, not listed.` } as const] : []),
      {
        kind: 'text',
        text: isBroken(records)
          ? 'The hash chain is BROKEN in this trace: somebody changed the journal.'
          : 'The hash chain of this trace is whole.',
      },
      auditIds.length === 0
        ? { kind: 'text', text: 'Nothing was written to the cluster.' }
        : { kind: 'list', items: auditIds.slice(0, 10).map((id) => ({ text: `Audit-ID ${id}` })) },
      { kind: 'note', text: 'The same Incident-UID leads through the API server’s audit log:' },
      ...grep,
    ],
  };
};

/** What the bot did for one incident, from the hash-chained journal, and how to find it in the API server's audit log. */
export const trace: Command = {
  name: 'trace',
  usage: 'trace <incident>',
  summary: 'shows the audit trail of an incident and its Audit-IDs',
  run: (input, { desk }) =>
    aboutIncident('trace', input, { desk, reply: async (file) => replyOn(file, await desk.trace(file.incident.uid)) }),
};
