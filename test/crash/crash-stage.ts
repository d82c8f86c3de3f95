import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteStores } from '../../src/adapters/sqlite/open-stores.ts';
import { environmentBeside } from '../../src/demo/environment.ts';
import type { ApiMoment, ApiWitness } from '../../src/lab/cluster/api/api-faults.ts';
import { type Laboratory, type LaboratoryOptions, shopNamespace, startLaboratory } from '../../src/lab/laboratory.ts';
import type { CallWitness } from '../../src/lab/slack/web-api.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { realIds, wallClock } from '../fakes/clock.ts';
import { type AlertSender, createAlertSender } from '../stories/alert-sender.ts';
import { type BotProcess, startBotProcess } from './bot-process.ts';
import { bundleBot } from './bundle-bot.ts';

const manifestsFolder = fileURLToPath(new URL('../../manifests', import.meta.url));

/** A laboratory with a bot in a process of its own beside it, that may be killed at any time. */
export interface CrashStage {
  readonly lab: Laboratory;
  readonly bot: BotProcess;
  /** The bot's stores, to be looked into from outside while it lives and dies. */
  readonly stores: Stores;
  /** Sends an alert again and again until the webhook has taken it, as Alertmanager does. */
  alert(post: Parameters<AlertSender['send']>[0]): Promise<void>;
  /** Sends an alert once; the error of the webhook, or null when it took it. */
  tryAlert(post: Parameters<AlertSender['send']>[0]): Promise<Error | null>;
  close(): Promise<void>;
}

/** Who looks on in the laboratory; both are asked at every request. */
export interface Witnesses {
  readonly api: ApiWitness;
  readonly slack: CallWitness;
}

/** Whether this is the bot, by the account that reads or by the one that writes. */
export const isBot = (user: string): boolean => /^system:serviceaccount:sre:ai4all-sre(-act)?$/.test(user);

/** Whether a request to the API server is one of the bot's that changes something, or would. */
export const isEffect = ({ user, verb, plural }: ApiMoment): boolean =>
  isBot(user) && !['get', 'list', 'watch'].includes(verb) && plural !== '' && !plural.startsWith('selfsubject');

const opened = async (dataDir: string, bot: BotProcess): Promise<Stores> => {
  // The first life makes the database, and may die while it does.
  for (;;) {
    if (bot.accidents().length > 0) throw new Error(bot.accidents().join(', '));
    try {
      if (existsSync(join(dataDir, 'bot.db'))) return openSqliteStores({ dataDir, clock: wallClock, ids: realIds });
    } catch {
      // Another life is at it.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const createSending = (bot: BotProcess) => {
  let url = '';
  const sender = createAlertSender(() => url);
  const tryAlert: CrashStage['tryAlert'] = async (post) => {
    url = await bot.url();
    return sender.send(post).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
  };
  const alert: CrashStage['alert'] = async (post) => {
    for (;;) {
      const error = await tryAlert(post);
      if (error === null) return;
      if (bot.accidents().length > 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  return { alert, tryAlert };
};

/** Starts both. `boundaries` is a file: with it the bot kills itself once at each page boundary that the file does not list. */
export const startCrashStage = async (options: {
  readonly config?: Readonly<Record<string, string>>;
  readonly witnesses?: (bot: () => BotProcess | undefined) => Witnesses;
  readonly boundaries?: string;
  readonly laboratory?: Partial<LaboratoryOptions>;
  /** Where the bot reaches its surroundings, if not directly. */
  readonly detour?: (lab: Laboratory, dataDir: string) => Promise<Readonly<Record<string, string>>>;
}): Promise<CrashStage> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ai4all-sre-crash-'));
  let bot: BotProcess | undefined;
  const witnesses = options.witnesses?.(() => bot);
  const lab = await startLaboratory({
    manifestsFolder,
    ...options.laboratory,
    ...(witnesses === undefined ? {} : { apiWitness: witnesses.api }),
    slack: { ...options.laboratory?.slack, ...(witnesses === undefined ? {} : { witness: witnesses.slack }) },
  });
  const bundle = await bundleBot();
  const kubeconfigPath = join(dataDir, 'kubeconfig.yaml');
  writeFileSync(kubeconfigPath, lab.cluster.kubeconfig('bot'), { mode: 0o600 });
  const { prometheusUrl, lokiUrl } = lab.telemetry;
  const { slack, chaosUrl } = lab;
  const address = { slack, kubeconfigPath, namespace: shopNamespace, prometheusUrl, lokiUrl, chaosUrl };
  const environment = environmentBeside(address, dataDir, {
    VERIFY_STABLE_SECONDS: '1',
    INFERENCE: 'none',
    CRASH_LOG: join(dataDir, 'bot.log'),
    ...(options.boundaries === undefined ? {} : { CRASH_LEDGER: options.boundaries }),
    ...(await options.detour?.(lab, dataDir)),
    ...options.config,
  });
  const started = startBotProcess(bundle, environment);
  bot = started;
  const stores = await opened(dataDir, started);
  return {
    lab,
    bot: started,
    stores,
    ...createSending(started),
    close: async () => {
      await started.close();
      stores.close();
      await lab.close();
      rmSync(dirname(bundle), { recursive: true, force: true });
      if (process.env.CRASH_KEEP === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
