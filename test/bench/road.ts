import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { quantileSorted } from 'simple-statistics';
import { createCaseStore } from '../../src/adapters/sqlite/case-store.ts';
import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { createShownLedger } from '../../src/adapters/sqlite/ledgers.ts';
import { environmentBeside, laboratorySenders } from '../../src/demo/environment.ts';
import { type PhasesMs, phasesOf } from '../../src/demo/outcome.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { type Laboratory, shopNamespace, startLaboratory } from '../../src/lab/laboratory.ts';
import { wallClock } from '../fakes/clock.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Faults that the cluster's objects show at once, so that the road is measured and not the alert's delay. */
const faultNames = ['crash-loop', 'bad-image', 'selector-drift', 'scaled-to-zero', 'memory-limit'];
const autoApproveSeconds = 5;
const incidentMsMax = 180_000;

interface BuiltBot {
  readonly child: ChildProcess;
  readonly url: string;
  readonly startMs: number;
}

/** Starts the built bot in a process of its own and waits for its word that it is ready. */
const startBuiltBot = (env: Record<string, string | undefined>): Promise<BuiltBot> =>
  new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(process.execPath, ['dist/src/main.js'], {
      cwd: root,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.once('exit', (code) => reject(new Error(`the bot ended with code ${code}: run npm run build first`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const record = JSON.parse(line) as { readonly msg: string; readonly url?: string };
      if (record.msg === 'the bot is ready' && record.url !== undefined) {
        resolve({ child, url: record.url, startMs: performance.now() - startedMs });
      }
    });
  });

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const until = async <T>(look: () => Promise<T | null>, what: string): Promise<T> => {
  const deadline = Date.now() + incidentMsMax;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${incidentMsMax / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const sendAlert = async (
  bot: Pick<BuiltBot, 'url'>,
  alert: { name: string; workload: string; number: number },
): Promise<void> => {
  const labels = { alertname: alert.name, namespace: shopNamespace, deployment: alert.workload, severity: 'critical' };
  const response = await fetch(`${bot.url}/alerts/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${laboratorySenders.alertmanager}` },
    body: JSON.stringify({
      version: '4',
      alerts: [
        {
          status: 'firing',
          labels,
          annotations: { summary: `${alert.workload} is in trouble` },
          startsAt: new Date().toISOString(),
          fingerprint: `bench-${alert.number}`,
        },
      ],
    }),
  });
  if (response.status !== 202) throw new Error(`the webhook answered ${response.status}: ${await response.text()}`);
};

const row = (label: string, values: readonly number[]): string => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number): string => (sorted.length === 0 ? '-' : Math.round(quantileSorted(sorted, q)).toString());
  return `| ${label} | ${at(0.5)} | ${at(0.95)} | ${sorted.length} |`;
};

const report = (
  phases: readonly PhasesMs[],
  facts: { startMs: number; idleMb: number; endMb: number; resolved: number },
): void => {
  const of = (phase: keyof PhasesMs): readonly number[] =>
    phases.map((each) => each[phase]).filter((value) => value !== null);
  console.log(`| from the accepted alert to | p50 ms | p95 ms | n |\n| --- | --- | --- | --- |`);
  console.log(row('root message in the thread', of('root')));
  console.log(row('three analyses', of('analyses')));
  console.log(row('consensus', of('consensus')));
  console.log(row('proposal in the thread (dry run and gates passed)', of('proposal')));
  console.log(row(`write (after an auto-approve window of ${autoApproveSeconds} s)`, of('execution')));
  console.log(row('verified well', of('verified')));
  console.log(row('closed', of('closed')));
  console.log(`\nresolved: ${facts.resolved} of ${phases.length}`);
  console.log(
    `bot start to ready: ${Math.round(facts.startMs)} ms; RSS idle ${Math.round(facts.idleMb)} MB, after the run ${Math.round(facts.endMb)} MB`,
  );
};

/** Whether an alert began to fire after an instant; older ones may still be fading. */
const firesSince = (lab: Laboratory, atMs: number): boolean =>
  lab.telemetry.firing().some(({ firedAtMs }) => firedAtMs !== undefined && firedAtMs > atMs);

/** One incident from the fault to the end of its road. `number` counts from 0 in a fresh bot. */
export const measureOne = async (
  lab: Laboratory,
  number: number,
  run: { bot: Pick<BuiltBot, 'url'>; dataDir: string },
): Promise<{ file: CaseFile; phases: PhasesMs }> => {
  const database = openDatabase(join(run.dataDir, 'bot.db'));
  const cases = createCaseStore({ database, clock: wallClock });
  const kind = faultNames[number % faultNames.length] ?? 'crash-loop';
  const fault = lab.chaos.faults.find(({ name }) => name === kind);
  const workloads = fault?.workloads ?? [];
  const workload = workloads[number % workloads.length];
  const injection = lab.chaos.inject(kind, workload === undefined ? {} : { workload });
  // The alert comes when the trouble shows in the telemetry, as a real one would.
  await until(async () => (firesSince(lab, injection.atMs) ? true : null), 'an alert');
  await sendAlert(run.bot, { name: 'BenchTrouble', workload: injection.workload, number });
  const file = await until(
    async () => {
      const [newest] = await cases.recent(1);
      if (newest?.incident.number !== number + 1 || newest.rememberedAt === undefined) return null;
      return cases.read(newest.incident.uid);
    },
    `incident ${number + 1}'s end`,
  );
  const phases = phasesOf(file, await createShownLedger(database).of(file.incident.uid));
  database.close();
  lab.chaos.clear(kind);
  await lab.untilSettled();
  return { file, phases };
};

/** Walks many incidents one after the other along the whole road, against the laboratory, without inference. */
export const benchRoad = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: { incidents: { type: 'string', default: '30' } } });
  const dataDir = mkdtempSync(join(tmpdir(), 'ai4all-sre-bench-'));
  const lab = await startLaboratory({ manifestsFolder: join(root, 'manifests') });
  const kubeconfigPath = join(dataDir, 'kubeconfig.yaml');
  writeFileSync(kubeconfigPath, lab.cluster.kubeconfig('bot'), { mode: 0o600 });
  const { prometheusUrl, lokiUrl } = lab.telemetry;
  const address = {
    slack: lab.slack,
    kubeconfigPath,
    namespace: shopNamespace,
    prometheusUrl,
    lokiUrl,
    chaosUrl: lab.chaosUrl,
  };
  const bot = await startBuiltBot(
    environmentBeside(address, dataDir, {
      AUTO_APPROVE_SECONDS: String(autoApproveSeconds),
      VERIFY_STABLE_SECONDS: '2',
      // Thirty incidents in a row are more than a careful bot would mend.
      WRITES_PER_TEN_MINUTES_MAX: '100',
    }),
  );
  const pid = bot.child.pid ?? 0;
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const idleMb = residentMb(pid);
  const results: { file: CaseFile; phases: PhasesMs }[] = [];
  for (let number = 0; number < Number(values.incidents); number += 1) {
    const result = await measureOne(lab, number, { bot, dataDir });
    console.error(
      `${number + 1} ${result.file.verdict?.cause?.fault} ${result.file.closure?.outcome} ${JSON.stringify(result.phases)}`,
    );
    results.push(result);
  }
  const resolved = results.filter(({ file }) => file.closure?.outcome === 'resolved').length;
  report(
    results.map(({ phases }) => phases),
    { startMs: bot.startMs, idleMb, endMb: residentMb(pid), resolved },
  );
  bot.child.removeAllListeners('exit');
  bot.child.kill('SIGTERM');
  await lab.close();
};
