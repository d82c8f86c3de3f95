import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { contentHash } from '../../src/adapters/slack/message.ts';
import { renderThread } from '../../src/adapters/slack/render-thread.ts';
import { toldKey } from '../../src/adapters/slack/told.ts';
import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { openSqliteStores } from '../../src/adapters/sqlite/open-stores.ts';
import { laboratorySenders } from '../../src/demo/environment.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { shopNamespace, startLaboratory } from '../../src/lab/laboratory.ts';
import { realIds, wallClock } from '../fakes/clock.ts';
import { fireVolley } from './alert-cannon.ts';
import { benchEnvironment, root, startBuiltBot, until } from './built-bot.ts';
import { slackTable, slackUse } from './slack-calls.ts';
import { batchBody, wireAlert } from './storm-alerts.ts';

const supervised = { MODE: 'supervised', APPROVAL_EXPIRY_SECONDS: '7200' };

const openStores = (dataDir: string) => openSqliteStores({ dataDir, clock: wallClock, ids: realIds });

/** One in ten is still at its investigation, one in ten waits for a plan; the others wait for people. */
const inPhase = (model: CaseFile, index: number): CaseFile => {
  const { attempts: _attempts, verdict: _verdict, findings: _findings, ...collected } = model;
  if (index % 10 === 0) return { ...collected, findings: {}, attempts: [] };
  if (index % 10 === 1) return { ...model, attempts: [] };
  return model;
};

const cloneOf = (model: CaseFile, index: number): CaseFile => {
  const name = `ghost-${index}`;
  const file = inPhase(model, index);
  const suspect = { namespace: shopNamespace, kind: 'Deployment' as const, name };
  return {
    ...file,
    version: 0,
    incident: { ...file.incident, uid: realIds.uid(), suspect },
    alerts: file.alerts.map((alert) => ({ ...alert, fingerprint: `${alert.fingerprint}-${index}` })),
    // A cause of its own, or all of them would be duplicates of one.
    ...(file.verdict?.cause === undefined
      ? {}
      : { verdict: { ...file.verdict, cause: { ...file.verdict.cause, workload: name } } }),
  };
};

/** Enters as shown what the thread of a case shows, as a bot that stopped in peace has left it. */
const enterShown = async (stores: ReturnType<typeof openStores>, file: CaseFile): Promise<void> => {
  const { uid, number } = file.incident;
  const files = { context: 'F0' };
  const at = wallClock.now();
  const messages = renderThread(file, { modelLabel: 'none', approvers: [], files });
  for (const [index, message] of messages.entries()) {
    const ts = `${1_700_000_000 + number}.${String(index).padStart(6, '0')}`;
    await stores.shown.put({ uid, key: message.key, channel: 'C0INCIDNT', ts, hash: contentHash(message), at });
  }
  await stores.shown.put({ uid, key: 'file:context', channel: 'C0INCIDNT', ts: 'F0', hash: '', at });
  const told = { key: toldKey, ts: `${toldKey} ${uid}`, hash: `page ${file.version}, supervised` };
  await stores.shown.put({ uid, channel: 'C0INCIDNT', ...told, at });
};

const fill = async (dataDir: string, model: CaseFile, count: number): Promise<void> => {
  const database = openDatabase(join(dataDir, 'bot.db'));
  database.exec('PRAGMA synchronous = OFF');
  database.close();
  const stores = openStores(dataDir);
  for (let index = 0; index < count; index += 1) {
    await enterShown(stores, await stores.cases.create(cloneOf(model, index)));
    if (index % 100 === 99) console.error(`${index + 1} incidents are in the store`);
  }
  stores.close();
};

/** A real case, at the moment when its proposal waits for people. */
const makeModel = async (lab: Awaited<ReturnType<typeof startLaboratory>>): Promise<CaseFile> => {
  const { dataDir, env } = benchEnvironment(lab, supervised);
  const bot = await startBuiltBot(env);
  lab.chaos.inject('scaled-to-zero', { workload: 'emailservice' });
  await sleep(4_000);
  const alert = wireAlert(
    { id: 'model', name: 'ReplicasUnavailable', namespace: shopNamespace, workload: 'emailservice' },
    'firing',
    new Date().toISOString(),
  );
  const token = laboratorySenders.alertmanager;
  await fireVolley({
    url: `${bot.url}/alerts/alertmanager`,
    token,
    connections: 1,
    shots: [{ atMs: 0, body: batchBody([alert]) }],
  });
  const model = await until(async () => {
    const stores = openStores(dataDir);
    const [summary] = await stores.cases.recent(1);
    const waits = summary?.phase === 'awaiting_approval';
    const file = waits ? await stores.cases.read(summary.incident.uid) : null;
    stores.close();
    return file;
  }, 'a proposal that waits');
  await bot.stop();
  return model;
};

/** Starts the built bot on a store with many open incidents. */
export const benchRecovery = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: { incidents: { type: 'string', default: '1000' } } });
  const count = Number(values.incidents);
  const lab = await startLaboratory({ manifestsFolder: join(root, 'manifests') });
  const model = await makeModel(lab);
  console.error(`the model has ${JSON.stringify(model).length} characters`);
  const { dataDir, env } = benchEnvironment(lab, supervised);
  await fill(dataDir, model, count);
  const sinceMs = Date.now();
  const bot = await startBuiltBot(env);
  const readyMs = Date.now() - sinceMs;
  const readyMb = bot.residentMb();
  await until(
    async () => {
      const stores = openStores(dataDir);
      const open = await stores.cases.open();
      stores.close();
      const left = open.filter(({ phase, closure }) => closure === undefined && phase !== 'awaiting_approval');
      console.error(
        `${Math.round((Date.now() - sinceMs) / 1000)} s: ${left.length} are on their way, RSS ${Math.round(bot.residentMb())} MB`,
      );
      await sleep(2_000);
      return left.length === 0 ? true : null;
    },
    'a proposal or a person for every incident',
    600_000,
  ).catch((error: unknown) => console.error(String(error)));
  console.log('| what | measured |\n| --- | --- |');
  console.log(`| open incidents in the store | ${count} |`);
  console.log(`| characters of one | ${JSON.stringify(model).length} |`);
  console.log(`| start to ready | ${readyMs} ms |`);
  console.log(`| until every one waits for people or has ended | ${Math.round((Date.now() - sinceMs) / 1000)} s |`);
  console.log(`| RSS when ready, peak | ${Math.round(readyMb)} MB, ${Math.round(bot.peakResidentMb())} MB |`);
  console.log(`\n${slackTable(slackUse(lab.slack, sinceMs))}`);
  await bot.stop();
  await lab.close();
};
