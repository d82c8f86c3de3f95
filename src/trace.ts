import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { uuidv7 } from 'uuidv7';
import { openSqliteStores } from './adapters/sqlite/open-stores.ts';
import { createAuditReader } from './analysis/audit-events.ts';
import { eventFor, faultsInAudit } from './analysis/check-audit.ts';
import { faultsAgainstCase, faultsInRecords } from './analysis/check-journal.ts';
import { chainOf } from './analysis/lineage-chain.ts';
import { readActAccount, readDataDir } from './config.ts';
import type { AuditEvent, LineageFault, Link } from './domain/lineage.ts';
import type { Stores } from './ports/stores.ts';

const usage = 'Usage: npm run trace -- <Incident-UID or INC-n> [--audit-log <file>] [--user <who may write>]...';

const auditOf = async (path: string | undefined, uid: string): Promise<ReturnType<typeof createAuditReader>> => {
  const reader = createAuditReader(uid);
  if (path === undefined) return reader;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) reader.read(line);
  return reader;
};

const toldEvent = (event: AuditEvent | undefined): string =>
  event === undefined
    ? ''
    : `\n               audit: ${event.verb} ${event.resource} ${event.namespace}/${event.name} by ${event.user} at ${event.receivedAt}, code ${event.code}`;

const toldLink = ({ name, at, text, auditId }: Link, events: readonly AuditEvent[]): string =>
  `${name.padEnd(13)} ${at ?? ''} ${text}${auditId === undefined ? '' : `\n               Audit-ID ${auditId}`}${toldEvent(eventFor(auditId, events))}`;

const trace = async (stores: Stores, handle: string, options: { log?: string; users: readonly string[] }) => {
  const file = await stores.cases.find(handle);
  if (file === null) throw new Error(`There is no incident ${handle} in this store.`);
  const { uid, number } = file.incident;
  const records = await stores.journal.of(uid);
  const broken = await stores.journal.firstBroken();
  const audit = await auditOf(options.log, uid);
  const faults: readonly LineageFault[] = [
    ...(broken === null ? [] : [{ where: `journal, record #${broken.sequence}`, what: 'breaks the hash chain' }]),
    ...faultsInRecords(records, false),
    ...faultsAgainstCase(records, file),
    ...audit.faults,
    ...(options.log === undefined ? [] : faultsInAudit(file, audit.events, options.users)),
  ];
  const lines = [
    `INC-${number} ${uid}`,
    ...chainOf(file).map((link) => toldLink(link, audit.events)),
    `${records.length} records of the journal${options.log === undefined ? '; no audit log was given' : `, ${audit.events.length} events of the audit log`}.`,
    ...faults.map(({ where, what }) => `FAULT ${where} ${what}`),
    faults.length === 0 ? 'The chain is whole.' : `The chain has ${faults.length} faults.`,
  ];
  return { lines, isWhole: faults.length === 0 };
};

const run = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'audit-log': { type: 'string' }, user: { type: 'string', multiple: true } },
  });
  const [handle] = positionals;
  if (handle === undefined) throw new Error(usage);
  const account = readActAccount(process.env);
  const users = values.user ?? [`system:serviceaccount:${account.namespace}:${account.name}`];
  const clock = { now: () => new Date().toISOString(), nowMs: Date.now };
  const stores = openSqliteStores({ dataDir: readDataDir(process.env), clock, ids: { uid: uuidv7 } });
  try {
    const log = values['audit-log'];
    const { lines, isWhole } = await trace(stores, handle, { users, ...(log === undefined ? {} : { log }) });
    process.stdout.write(`${lines.join('\n')}\n`);
    if (!isWhole) process.exitCode = 1;
  } finally {
    stores.close();
  }
};

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
