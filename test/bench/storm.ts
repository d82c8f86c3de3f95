import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { quantileSorted } from 'simple-statistics';
import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { openSqliteStores } from '../../src/adapters/sqlite/open-stores.ts';
import { laboratorySenders } from '../../src/demo/environment.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { type Laboratory, shopNamespace, startLaboratory } from '../../src/lab/laboratory.ts';
import { realIds, wallClock } from '../fakes/clock.ts';
import { fireVolley, type Hit, type Shot } from './alert-cannon.ts';
import { type BuiltBot, benchEnvironment, root, startBuiltBot, until } from './built-bot.ts';
import { slackTable, slackUse } from './slack-calls.ts';
import { batchBody, fingerprintsOf, stormShots, wireAlert } from './storm-alerts.ts';
import { breakGround, type Ground, prepareGround } from './storm-ground.ts';

/** Three troubles that exclude each other in no way, and what calls them. */
const causes = [
  ['selector-drift', 'currencyservice'],
  ['scaled-to-zero', 'emailservice'],
  ['crash-loop', 'recommendationservice'],
] as const;
const sufferers = ['frontend', 'checkoutservice'];

interface Storm {
  readonly lab: Laboratory;
  readonly bot: BuiltBot;
  readonly dataDir: string;
  readonly startedMs: number;
  readonly cpuMs: number;
}

const quantile = (values: readonly number[], q: number): number =>
  values.length === 0
    ? Number.NaN
    : quantileSorted(
        values.toSorted((a, b) => a - b),
        q,
      );

const ms = (value: number): string => (Number.isFinite(value) ? `${Math.round(value)} ms` : '-');
const seconds = (value: number): string => (Number.isFinite(value) ? `${(value / 1000).toFixed(1)} s` : '-');

/** The instant at which a case had a plan that people may approve, or a person was told to take over; epoch ms. */
const answeredAt = (file: CaseFile): number | null => {
  const at = file.attempts.find(({ ask }) => ask !== undefined)?.ask?.at ?? file.closure?.at;
  return at === undefined ? null : Date.parse(at);
};

const outcomeOf = (file: CaseFile): string => file.closure?.outcome ?? 'open';

const storesOf = (dataDir: string) => openSqliteStores({ dataDir, clock: wallClock, ids: realIds });

/** All incidents, straight from the bot's database. */
const readCases = async (dataDir: string): Promise<readonly CaseFile[]> => {
  const stores = storesOf(dataDir);
  const summaries = await stores.cases.recent(5_000);
  const files: CaseFile[] = [];
  for (const { incident } of summaries) {
    const file = await stores.cases.read(incident.uid);
    if (file !== null) files.push(file);
  }
  stores.close();
  return files;
};

const summariesOf = async (dataDir: string) => {
  const stores = storesOf(dataDir);
  const found = await stores.cases.recent(5_000);
  stores.close();
  return found;
};

/** Where every accepted alert ended: waiting in the inbox, in a case that exists, or nowhere. */
const account = (dataDir: string) => {
  const database = openDatabase(join(dataDir, 'bot.db'));
  const one = (sql: string): number => (database.prepare(sql).get() as { n: number }).n ?? 0;
  const result = {
    stored: one('SELECT COUNT(*) AS n FROM alerts'),
    repeats: one('SELECT COALESCE(SUM(repeats), 0) AS n FROM alerts'),
    waiting: one('SELECT COUNT(*) AS n FROM alerts WHERE uid IS NULL'),
    inCases: one('SELECT COUNT(*) AS n FROM alerts JOIN cases ON cases.uid = alerts.uid'),
    withoutCase: one(
      'SELECT COUNT(*) AS n FROM alerts LEFT JOIN cases ON cases.uid = alerts.uid WHERE alerts.uid IS NOT NULL AND cases.uid IS NULL',
    ),
  };
  database.close();
  return result;
};

/** When each case's first message, and its proposal or handover, stood in Slack; epoch ms. */
const shownTimes = (dataDir: string): { readonly root: readonly number[]; readonly answer: readonly number[] } => {
  const database = openDatabase(join(dataDir, 'bot.db'));
  const times = (where: string): readonly number[] =>
    (
      database.prepare(`SELECT uid, MIN(at) AS at FROM shown WHERE ${where} GROUP BY uid`).all() as { at: string }[]
    ).map(({ at }) => Date.parse(at));
  const result = { root: times("key = 'root'"), answer: times("key LIKE 'proposal:%' OR key = 'handover'") };
  database.close();
  return result;
};

const shoot = async (storm: Storm, shots: readonly Shot[]): Promise<readonly Hit[]> =>
  fireVolley({
    url: `${storm.bot.url}/alerts/alertmanager`,
    token: laboratorySenders.alertmanager,
    connections: 8,
    shots,
  });

const row = (what: string, value: string, aim = ''): void => console.log(`| ${what} | ${value} | ${aim} |`);

const reportHits = (hits: readonly Hit[]): void => {
  const took = hits.filter(({ status }) => status === 202).map(({ tookMs }) => tookMs);
  row('deliveries accepted (202)', `${took.length} of ${hits.filter(({ again }) => again === 0).length}`, 'all');
  row(
    'deliveries refused for now (429, 503), then sent again',
    `${hits.filter(({ status }) => status === 429 || status === 503).length}`,
  );
  row(
    'other answers',
    `${hits.filter(({ status }) => status !== 202 && status !== 429 && status !== 503).length}`,
    '0',
  );
  row('acknowledgement p50', ms(quantile(took, 0.5)));
  row('acknowledgement p99', ms(quantile(took, 0.99)), 'under 50 ms');
  row('acknowledgement, slowest', ms(Math.max(...took)));
};

const reportStorm = async (storm: Storm, hits: readonly Hit[], sent: number): Promise<void> => {
  const files = await readCases(storm.dataDir);
  const since = (at: number): number => at - storm.startedMs;
  const answered = files
    .map(answeredAt)
    .filter((at) => at !== null)
    .map(since);
  const shown = shownTimes(storm.dataDir);
  const found = account(storm.dataDir);
  const outcomes = [...new Set(files.map(outcomeOf))].map(
    (outcome) => `${files.filter((file) => outcomeOf(file) === outcome).length} ${outcome}`,
  );
  console.log('\n| what | measured | aim |\n| --- | --- | --- |');
  reportHits(hits);
  row('incidents opened', `${files.length} (${outcomes.join(', ')})`);
  row('incidents with a proposal or a person', `${answered.length}`, `${files.length}`);
  row(
    'until half of them had one, until all',
    `${seconds(quantile(answered, 0.5))}, ${seconds(Math.max(...answered))}`,
  );
  row(
    'first message in the channel: half, all',
    `${seconds(quantile(shown.root.map(since), 0.5))}, ${seconds(Math.max(...shown.root.map(since)))} (${shown.root.length})`,
  );
  row(
    'proposal or handover in the thread: half, all',
    `${seconds(quantile(shown.answer.map(since), 0.5))}, ${seconds(Math.max(...shown.answer.map(since)))} (${shown.answer.length})`,
  );
  row('alerts sent', `${sent}`);
  row(
    'alerts stored + repeats counted',
    `${found.stored} + ${found.repeats} = ${found.stored + found.repeats}`,
    `${sent}`,
  );
  row('stored alerts found in a case', `${found.inCases} of ${found.stored}`, 'all');
  row('waiting in the inbox, filed under no case', `${found.waiting}, ${found.withoutCase}`, '0, 0');
  row('shed', `${await storm.bot.metric('alerts_shed_total')}`);
  row('RSS peak', `${Math.round(storm.bot.peakResidentMb())} MB`, 'under 400 MB');
  row('CPU of the bot', seconds(storm.bot.cpuMs() - storm.cpuMs));
  console.log(`\n${slackTable(slackUse(storm.lab.slack, storm.startedMs))}`);
  for (const file of files.slice(-8)) {
    console.error(
      `INC-${file.incident.number} ${file.incident.namespace}/${file.incident.suspect?.name}: ${file.verdict?.kind} ${file.verdict?.cause?.workload} ${file.verdict?.cause?.fault}, ${file.attempts.length} attempts, ${file.closure?.outcome ?? 'open'} ${file.closure?.reason ?? ''}; ${file.alerts.length} alerts of ${[...new Set(file.alerts.map((alert) => alert.labels.deployment))].join(', ')}; ${JSON.stringify(file).length} characters`,
    );
  }
};

const startStorm = async (
  lab: Laboratory,
  extra: Readonly<Record<string, string>>,
  nodeArgs: readonly string[],
): Promise<Storm> => {
  // Nobody approves here: what is measured is until people can decide.
  const { dataDir, env } = benchEnvironment(lab, { MODE: 'supervised', APPROVAL_EXPIRY_SECONDS: '7200', ...extra });
  const warned = new Map<string, number>();
  const bot = await startBuiltBot(env, {
    nodeArgs,
    onLine: ({ level, msg, err }) => {
      if (Number(level) < 40) return;
      const text = String(msg).replace(/\d+/g, 'N');
      const times = (warned.get(text) ?? 0) + 1;
      warned.set(text, times);
      if (times === 1 || times % 100 === 0)
        console.error(`bot says (${times}): ${text} ${(err as { message?: string })?.message ?? ''}`);
    },
  });
  console.error(
    `the bot is ready after ${Math.round(bot.startMs)} ms, RSS ${Math.round(bot.residentMb())} MB; data in ${dataDir}`,
  );
  await sleep(3_000);
  return { lab, bot, dataDir, startedMs: Date.now(), cpuMs: bot.cpuMs() };
};

const untilAnswered = async (storm: Storm, count: number, msMax: number): Promise<void> => {
  let last = '';
  await until(
    async () => {
      const files = await summariesOf(storm.dataDir);
      const answered = files.filter(
        (file) => file.closure !== undefined || file.attempts.some(({ ask }) => ask !== undefined),
      );
      const said = `${answered.length} of ${files.length} incidents have a proposal or a person; RSS ${Math.round(storm.bot.residentMb())} MB; ${account(storm.dataDir).waiting} alerts wait`;
      if (said !== last) console.error(`${seconds(Date.now() - storm.startedMs)} ${said}`);
      last = said;
      await sleep(1_000);
      return files.length >= count && answered.length === files.length ? true : null;
    },
    'a proposal or a person for every incident',
    msMax,
  ).catch((error: unknown) => console.error(String(error)));
};

const untilShown = async (storm: Storm, msMax: number): Promise<void> => {
  await until(
    async () => {
      const shown = shownTimes(storm.dataDir);
      const files = await summariesOf(storm.dataDir);
      await sleep(1_000);
      return shown.answer.length >= files.length ? true : null;
    },
    'a proposal or a handover in every thread',
    msMax,
  ).catch((error: unknown) => console.error(String(error)));
};

/** Ten thousand alerts in a minute, of forty fingerprints around three troubles of the shop. */
const stormOfRepeats = async (lab: Laboratory, nodeArgs: readonly string[]): Promise<void> => {
  console.log('\n### 10,000 alerts of 40 fingerprints from 3 causes in 60 s\n');
  const storm = await startStorm(lab, {}, nodeArgs);
  for (const [fault, workload] of causes) lab.chaos.inject(fault, { workload });
  await sleep(6_000);
  const fingerprints = fingerprintsOf(shopNamespace, [...sufferers, ...causes.map(([, workload]) => workload)]);
  const shots = stormShots({ fingerprints, alerts: 10_000, batch: 10, overMs: 60_000, seed: 11 });
  const started = { ...storm, startedMs: Date.now(), cpuMs: storm.bot.cpuMs() };
  const hits = await shoot(started, shots);
  await untilAnswered(started, 1, 60_000);
  await untilShown(started, 120_000);
  await reportStorm(started, hits, 10_000);
  await storm.bot.stop();
  for (const [fault] of causes) lab.chaos.clear(fault);
  await lab.untilSettled();
};

/** So many applications that break at the same moment, each for itself. */
const stormOfCauses = async (
  lab: Laboratory,
  ground: Ground,
  options: { nodeArgs: readonly string[]; shownMsMax: number },
): Promise<void> => {
  const count = ground.workloads.length;
  console.log(`\n### ${count} different causes at once\n`);
  const storm = await startStorm(
    lab,
    { NAMESPACES: [shopNamespace, ...ground.namespaces].join(',') },
    options.nodeArgs,
  );
  breakGround(lab, ground);
  await sleep(10_000);
  const startsAt = new Date().toISOString();
  const alerts = ground.workloads.map(({ namespace, name }) =>
    wireAlert(
      { id: `storm-${namespace}-${name}`, name: 'ReplicasUnavailable', namespace, workload: name },
      'firing',
      startsAt,
    ),
  );
  const shots = Array.from({ length: Math.ceil(count / 10) }, (_, index) => ({
    atMs: 0,
    body: batchBody(alerts.slice(index * 10, index * 10 + 10)),
  }));
  const started = { ...storm, startedMs: Date.now(), cpuMs: storm.bot.cpuMs() };
  const hits = await shoot(started, shots);
  await untilAnswered(started, count, 1_200_000);
  await untilShown(started, options.shownMsMax);
  await reportStorm(started, hits, count);
  await storm.bot.stop();
};

/** Measures what a storm of alerts does to the built bot beside the laboratory. */
export const benchStorm = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: 'repeats,causes' },
      causes: { type: 'string', default: '500' },
      'shown-seconds': { type: 'string', default: '1500' },
      profile: { type: 'boolean', default: false },
    },
  });
  const nodeArgs = values.profile ? ['--cpu-prof', '--cpu-prof-dir=/tmp/storm-profile'] : [];
  const lab = await startLaboratory({ manifestsFolder: join(root, 'manifests') });
  if (values.only.includes('repeats')) await stormOfRepeats(lab, nodeArgs);
  if (values.only.includes('causes')) {
    const ground = await prepareGround(lab, { namespaces: 10, each: Math.ceil(Number(values.causes) / 10) });
    await stormOfCauses(lab, ground, { nodeArgs, shownMsMax: Number(values['shown-seconds']) * 1_000 });
  }
  await lab.close();
};
