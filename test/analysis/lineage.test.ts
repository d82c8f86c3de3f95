import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyChain, linkRecord } from '../../src/analysis/audit-chain.ts';
import { createAuditReader } from '../../src/analysis/audit-events.ts';
import { faultsInAudit } from '../../src/analysis/check-audit.ts';
import { faultsAgainstCase, faultsInRecords } from '../../src/analysis/check-journal.ts';
import { chainOf } from '../../src/analysis/lineage-chain.ts';
import type { AuditRecord } from '../../src/domain/audit.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { closedCase, planHash, uid } from '../adapters/slack-cases.ts';

const actUser = 'system:serviceaccount:sre:ai4all-sre-act';

/** The closed case with targets that an audit log can name, at its very end. */
const file = ((): CaseFile => {
  const whole = closedCase({ rememberedAt: '2026-11-22T18:33:00.000Z' });
  const [attempt] = whole.attempts;
  if (attempt?.execution?.written === undefined) throw new Error('the case has a write');
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'online-boutique', name: 'paymentservice' };
  const plan = { ...attempt.plan, patches: [{ target, type: 'merge' as const, body: {} }] };
  const written = attempt.execution.written.map((one) => ({ ...one, target: 'deployment/paymentservice' }));
  return { ...whole, attempts: [{ ...attempt, plan, execution: { ...attempt.execution, written } }] };
})();
const planId = file.attempts[0]?.plan.id ?? '';

const journal = ((): readonly AuditRecord[] => {
  const verbs = 'open context verdict plan gates-passed ask write-intent write-result close post-mortem remembered';
  const records: AuditRecord[] = [];
  for (const verb of verbs.split(' ')) {
    const entry = { uid, actor: 'bot', verb, subject: verb, detail: { planHash } };
    records.push(linkRecord(records.at(-1) ?? emptyChain, entry, '2026-11-22T18:30:00.000Z'));
  }
  return records;
})();

const event = (auditID: string, more: object = {}) => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Request',
  auditID,
  stage: 'ResponseComplete',
  requestURI: '/apis/apps/v1/namespaces/online-boutique/deployments/paymentservice?fieldManager=ai4all-sre',
  verb: 'patch',
  user: { username: actUser },
  objectRef: { resource: 'deployments', namespace: 'online-boutique', name: 'paymentservice', apiGroup: 'apps' },
  responseStatus: { code: 200 },
  requestReceivedTimestamp: '2026-11-22T18:31:01.500000Z',
  ...more,
});

const dryRun = event(`${uid}.${planId}.dry`, {
  requestURI: '/apis/apps/v1/namespaces/online-boutique/deployments/paymentservice?dryRun=All',
  requestReceivedTimestamp: '2026-11-22T18:30:30.000000Z',
});
const log = [dryRun, event(`${uid}.act1`)];

const journalFaults = (records: readonly AuditRecord[]): readonly string[] =>
  [...faultsInRecords(records, true), ...faultsAgainstCase(records, file)].map(({ where, what }) => `${where} ${what}`);

const auditFaults = (lines: readonly unknown[]): readonly string[] => {
  const reader = createAuditReader(uid);
  for (const line of lines) reader.read(typeof line === 'string' ? line : JSON.stringify(line));
  return [...reader.faults, ...faultsInAudit(file, reader.events, [actUser])].map(
    ({ where, what }) => `${where} ${what}`,
  );
};

const without = <T>(list: readonly T[], index: number): readonly T[] => list.filter((_, at) => at !== index);
const doubled = <T>(list: readonly T[], index: number): readonly T[] =>
  list.flatMap((item, at) => (at === index ? [item, item] : [item]));
const changed = <T>(list: readonly T[], index: number, change: (item: T) => T): readonly T[] =>
  list.map((item, at) => (at === index ? change(item) : item));

/** An expectation that holds for every value. */
const always = <T>(values: Arbitrary<T>, expectation: (value: T) => void): void =>
  fc.assert(
    fc.property(values, (value) => {
      expectation(value);
    }),
  );

const anyRecord = fc.nat(journal.length - 1);
const anyLine = fc.nat(log.length - 1);

describe('a whole lineage', () => {
  it('has nothing to complain of', () => {
    expect(journalFaults(journal)).toEqual([]);
    expect(auditFaults(log)).toEqual([]);
  });

  it('is told link by link', () => {
    const names = chainOf(file).map(({ name }) => name);
    expect([...new Set(names)]).toEqual([
      ...['alert', 'evidence', 'verdict', 'plan', 'dry run', 'decision', 'write', 'verification', 'end'],
    ]);
  });
});

describe('the journal', () => {
  it('names any record that is missing', () => {
    always(anyRecord, (at) => expect(journalFaults(without(journal, at)).join()).toMatch(/missing/));
  });

  it('names any record that is there twice', () => {
    always(anyRecord, (at) =>
      expect(journalFaults(doubled(journal, at))).toContain(`journal, record #${at + 1} is there twice`),
    );
  });

  it('names any record of which any field was altered', () => {
    const field = fc.constantFrom('at', 'uid', 'actor', 'verb', 'subject', 'previousHash', 'hash');
    always(fc.tuple(anyRecord, field, fc.string()), ([at, name, text]) => {
      const altered = changed(journal, at, (record) => ({ ...record, [name]: `${text}!` }));
      expect(journalFaults(altered).join()).toContain(`record #${at + 1} was altered`);
    });
  });

  it('names a record whose detail was altered, and one that was linked anew', () => {
    always(fc.tuple(anyRecord, fc.string()), ([at, forged]) => {
      const altered = changed(journal, at, (record) => ({ ...record, detail: { planHash, forged } }));
      expect(journalFaults(altered).join()).toContain(`record #${at + 1} was altered`);
    });
    const [first, second, ...rest] = journal;
    if (first === undefined || second === undefined) throw new Error('too short');
    const { actor, verb, detail, at } = second;
    const anew = linkRecord(first, { uid, actor, verb, detail, subject: 'forged' }, at);
    expect(journalFaults([first, anew, ...rest])).toEqual([
      'journal, record #3 does not follow from the one before it',
    ]);
  });
});

describe('the audit log', () => {
  it('names any event that is missing', () => {
    always(anyLine, (at) => expect(auditFaults(without(log, at)).join()).toMatch(/is missing from the audit log/));
  });

  it('names any event that is there twice', () => {
    always(anyLine, (at) => expect(auditFaults(doubled(log, at)).join()).toMatch(/twice/));
  });

  it('names any event that was altered in what leads from the write to the bot', () => {
    const alteration = fc.constantFrom<readonly [object, RegExp]>(
      [{ user: { username: 'mallory' } }, /was made by mallory, who is not the bot/],
      [{ impersonatedUser: { username: 'mallory' } }, /was made by mallory/],
      [{ verb: 'update' }, /has the verb update/],
      [
        { objectRef: { resource: 'deployments', namespace: 'online-boutique', name: 'frontend' } },
        /is about deployments/,
      ],
      [
        { objectRef: { resource: 'secrets', namespace: 'online-boutique', name: 'paymentservice' } },
        /is about secrets/,
      ],
      [{ responseStatus: { code: 403 } }, /is missing from the audit log; what is there was answered with 403/],
      [{ auditID: `${uid}.somethingelse` }, /belongs to no plan of this incident/],
      [{ requestReceivedTimestamp: '2026-11-22T20:31:01.500000Z' }, /outside the time of the intent/],
      [
        { requestObject: { metadata: { annotations: { 'sre.ai4all.dev/action-id': 'other' } } } },
        /writes the action other/,
      ],
      [{ stage: 'RequestReceived' }, /is missing/],
    );
    always(fc.tuple(anyLine, alteration), ([at, [change, words]]) =>
      expect(auditFaults(changed(log, at, (line) => ({ ...line, ...change }))).join()).toMatch(words),
    );
  });

  it('names a write that happened twice, and one under a foreign Audit-ID', () => {
    const again = event(`${uid}.act1`, { requestReceivedTimestamp: '2026-11-22T18:31:01.900000Z' });
    expect(auditFaults([...log, again]).join()).toContain('is in the audit log 2 times');
    const annotations = { 'sre.ai4all.dev/incident-uid': uid, 'sre.ai4all.dev/action-id': 'x' };
    const foreign = event('whatever', { requestObject: { metadata: { annotations } } });
    expect(auditFaults([...log, foreign]).join()).toContain('belongs to no plan of this incident');
  });

  it('reads what a list of operations stamps, and lists of events', () => {
    const requestObject = [
      { op: 'add', path: '/metadata/annotations/sre.ai4all.dev~1incident-uid', value: 'another' },
      { op: 'add', path: '/metadata/annotations/sre.ai4all.dev~1action-id', value: 'act1' },
    ];
    expect(auditFaults([dryRun, event(`${uid}.act1`, { requestObject })]).join()).toContain(
      'writes the incident another',
    );
    expect(auditFaults([{ kind: 'EventList', items: log }])).toEqual([]);
  });

  it('names a line that is no event, and leaves other incidents alone', () => {
    expect(auditFaults([...log, '{"kind":"Ev', ''])).toEqual(['audit log, line 3 is no event of audit.k8s.io/v1']);
    expect(auditFaults([...log, event('0197a6c2-0000-7c3a-9f00-000000000008.x')])).toEqual([]);
  });

  it('never throws, whatever the lines are', () => {
    always(fc.array(fc.oneof(fc.string(), fc.json())), (lines) => void auditFaults(lines));
  });
});
