import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { findOllama } from './adapters/ollama/find-ollama.ts';
import { type Config, readConfig } from './config.ts';
import { environmentBeside, laboratorySenders } from './demo/environment.ts';
import { type DemoOptions, readDemoOptions, usage } from './demo/options.ts';
import { type DemoOutcome, judgeOutcome } from './demo/outcome.ts';
import { progressLine } from './demo/progress.ts';
import type { CaseFile } from './domain/case-file.ts';
import { type Laboratory, shopNamespace, startLaboratory } from './lab/laboratory.ts';
import { type Bot, startBot } from './main.ts';

const manifestsFolder = fileURLToPath(new URL('../manifests', import.meta.url));

/** One incident must end within this; the slowest fault needs about a third of it. */
const incidentMsMax = 240_000;

const say = (options: DemoOptions, text: string): void => {
  if (!options.json) process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${text}\n`);
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

const environmentFor = (
  lab: Laboratory,
  dataDir: string,
  inference: 'ollama' | 'none',
): Record<string, string | undefined> => {
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
  const { OLLAMA_HOST, OLLAMA_MODEL, LOG_LEVEL, DEMO_AUTO_APPROVE_SECONDS } = process.env;
  return environmentBeside(address, dataDir, {
    OLLAMA_HOST,
    OLLAMA_MODEL,
    LOG_LEVEL,
    INFERENCE: inference,
    ...(DEMO_AUTO_APPROVE_SECONDS === undefined ? {} : { AUTO_APPROVE_SECONDS: DEMO_AUTO_APPROVE_SECONDS }),
  });
};

/** Which inference the demo runs with, and why, in words for the terminal. */
const chooseInference = async (config: Config): Promise<{ readonly kind: 'ollama' | 'none'; readonly why: string }> => {
  const { host, model } = config.inference;
  const found = await findOllama({ host, model });
  return found === 'ready'
    ? { kind: 'ollama', why: `inference by Ollama (${model})` }
    : { kind: 'none', why: `inference: none, the detectors vote alone. ${found}` };
};

const connectAlerts = (lab: Laboratory, bot: Bot, via: DemoOptions['via']): void => {
  lab.telemetry.addReceiver(
    via === 'goalert'
      ? { kind: 'goalert', url: `${bot.url}/alerts/goalert/${laboratorySenders.goalert}` }
      : { kind: 'alertmanager', url: `${bot.url}/alerts/alertmanager`, token: laboratorySenders.alertmanager },
  );
};

const startDemo = async (options: DemoOptions) => {
  say(
    options,
    'starting the laboratory: a small Kubernetes cluster with Online Boutique, Prometheus, Loki and a local Slack',
  );
  const port = (await isFree(options.port)) ? options.port : 0;
  const dataDir = mkdtempSync(join(tmpdir(), 'ai4all-sre-demo-'));
  mkdirSync(dataDir, { recursive: true });
  const lab = await startLaboratory({ manifestsFolder, slack: { port }, auditLogPath: join(dataDir, 'audit.log') });
  const inference = await chooseInference(readConfig(environmentFor(lab, dataDir, 'none')));
  say(options, inference.why);
  const log = pino({ base: { app: 'ai4all-sre' } }, pino.destination(join(dataDir, 'bot.log')));
  const bot = await startBot(readConfig(environmentFor(lab, dataDir, inference.kind)), log);
  connectAlerts(lab, bot, options.via);
  return { lab, bot, dataDir };
};

/** Prints a line whenever a case reaches a new place on the road. */
const followProgress = (bot: Bot, options: DemoOptions): void => {
  const last = new Map<string, string>();
  bot.cases.subscribe(async (uid) => {
    const file = await bot.cases.read(uid);
    const line = file === null ? '' : progressLine(file);
    if (line === (last.get(uid) ?? '')) return;
    last.set(uid, line);
    say(options, line);
  });
};

/** Resolves with the first case that is at its end and shown to be, or with the unfinished one when the time is over. */
const untilCaseEnds = (bot: Bot): Promise<CaseFile | null> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => void bot.cases.recent(1).then(([file]) => resolve(file ?? null)), incidentMsMax);
    const stop = bot.cases.subscribe(async (uid) => {
      const file = await bot.cases.read(uid);
      if (file?.rememberedAt === undefined) return;
      clearTimeout(timer);
      stop();
      resolve(file);
    });
  });

const runOnce = async (options: DemoOptions): Promise<DemoOutcome | null> => {
  const { lab, bot } = await startDemo(options);
  followProgress(bot, options);
  const fault = lab.chaos.faults.find(({ name }) => name === options.fault);
  const ended = untilCaseEnds(bot);
  const { done } = lab.chaos.inject(
    options.fault,
    options.workload === undefined ? {} : { workload: options.workload },
  );
  say(options, `chaos: ${done}`);
  const file = await ended;
  await lab.untilSettled(10_000).catch(() => undefined);
  const outcome =
    file === null || fault === undefined
      ? null
      : judgeOutcome(file, await bot.shown(file), {
          name: fault.name,
          ...fault.truth,
          remedies: fault.remedies,
          isWell: fault.isWell(),
        });
  await bot.stop();
  await lab.close();
  return outcome;
};

const runOpenEnded = async (options: DemoOptions): Promise<void> => {
  const { lab, bot, dataDir } = await startDemo(options);
  followProgress(bot, options);
  closeWithGrace({ delay: 10_000, logger: false }, async () => {
    await bot.stop();
    await lab.close();
  });
  const { done } = lab.chaos.inject(
    options.fault,
    options.workload === undefined ? {} : { workload: options.workload },
  );
  say(options, `chaos: ${done}`);
  say(options, `the bot's log, post-mortems and the cluster's audit log are in ${dataDir}`);
  process.stdout.write(`\nOpen the local Slack:  ${lab.slack.url}\n\n`);
  say(options, 'Ctrl-C ends the demo; /sre chaos lists more faults to try');
};

const listFaults = async (): Promise<void> => {
  const { faultKinds } = await import('./lab/chaos/faults/index.ts');
  for (const { name, description } of faultKinds) process.stdout.write(`${name.padEnd(18)} ${description}\n`);
};

const reportOnce = async (options: DemoOptions): Promise<number> => {
  const outcome = await runOnce(options);
  if (outcome === null) {
    process.stdout.write(
      `${JSON.stringify({ fault: options.fault, passed: false, outcome: 'no incident was opened' })}\n`,
    );
    return 1;
  }
  if (options.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  else
    say(
      options,
      outcome.passed
        ? 'passed: the app is well again, and the right thing was done'
        : `failed: ${outcome.failures.join('; ')}`,
    );
  return outcome.passed ? 0 : 1;
};

const run = async (): Promise<number | null> => {
  const options = readDemoOptions(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(usage);
    return 0;
  }
  if (options.list) {
    await listFaults();
    return 0;
  }
  if (options.once) return reportOnce(options);
  await runOpenEnded(options);
  return null;
};

run().then(
  (code) => {
    if (code !== null) process.exit(code);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
