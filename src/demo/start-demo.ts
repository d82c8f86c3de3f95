import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { type Laboratory, shopNamespace, startLaboratory } from '../lab/laboratory.ts';
import { type Bot, startBot } from '../main.ts';
import { environmentBeside, laboratorySenders } from './environment.ts';
import { chooseInference } from './inference.ts';
import type { DemoOptions } from './options.ts';

const manifestsFolder = fileURLToPath(new URL('../../manifests', import.meta.url));

/** A line for the person at the terminal; silent with --json. */
export const say = (options: DemoOptions, text: string): void => {
  if (!options.json) process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${text}\n`);
};

type Environment = Readonly<Record<string, string | undefined>>;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

const environmentFor = (
  lab: Laboratory,
  dataDir: string,
  chosen: { readonly inference: 'ollama' | 'none'; readonly env: Environment },
): Environment => {
  const kubeconfigPath = join(dataDir, 'kubeconfig.yaml');
  writeFileSync(kubeconfigPath, lab.cluster.kubeconfig('bot'), { mode: 0o600 });
  const { prometheusUrl, lokiUrl, tracesUrl } = lab.telemetry;
  const address = {
    slack: lab.slack,
    kubeconfigPath,
    namespace: shopNamespace,
    prometheusUrl,
    lokiUrl,
    tracesUrl,
    chaosUrl: lab.chaosUrl,
  };
  const { OLLAMA_HOST, OLLAMA_MODEL, LOG_LEVEL, DEMO_AUTO_APPROVE_SECONDS } = chosen.env;
  return environmentBeside(address, dataDir, {
    OLLAMA_HOST,
    OLLAMA_MODEL,
    LOG_LEVEL,
    INFERENCE: chosen.inference,
    ...(DEMO_AUTO_APPROVE_SECONDS === undefined ? {} : { AUTO_APPROVE_SECONDS: DEMO_AUTO_APPROVE_SECONDS }),
  });
};

const connectAlerts = (lab: Laboratory, bot: Bot, via: DemoOptions['via']): void => {
  lab.telemetry.addReceiver(
    via === 'goalert'
      ? { kind: 'goalert', url: `${bot.url}/alerts/goalert/${laboratorySenders.goalert}` }
      : { kind: 'alertmanager', url: `${bot.url}/alerts/alertmanager`, token: laboratorySenders.alertmanager },
  );
};

/** Starts the laboratory and, beside it, the same bot that runs in production; alerts flow from one to the other. */
export const startDemo = async (options: DemoOptions, env: Environment) => {
  say(
    options,
    'starting the laboratory: a small Kubernetes cluster with Online Boutique, Prometheus, Loki, Jaeger and a local Slack',
  );
  const port = (await isFree(options.port)) ? options.port : 0;
  const dataDir = mkdtempSync(join(tmpdir(), 'ai4all-sre-demo-'));
  const lab = await startLaboratory({ manifestsFolder, slack: { port }, auditLogPath: join(dataDir, 'audit.log') });
  const inference = await chooseInference(readConfig(environmentFor(lab, dataDir, { inference: 'none', env })));
  say(options, inference.why);
  const log = pino({ base: { app: 'ai4all-sre' } }, pino.destination(join(dataDir, 'bot.log')));
  // As in production: a stray rejection in a library is logged, and does not end the bot in the middle of a remedy.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  const bot = await startBot(readConfig(environmentFor(lab, dataDir, { inference: inference.kind, env })), log);
  connectAlerts(lab, bot, options.via);
  return { lab, bot, dataDir };
};
