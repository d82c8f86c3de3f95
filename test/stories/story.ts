import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import { environmentBeside, laboratorySenders } from '../../src/demo/environment.ts';
import { phaseOf } from '../../src/domain/case-file.ts';
import { type Laboratory, shopNamespace, startLaboratory } from '../../src/lab/laboratory.ts';
import { type Bot, startBot } from '../../src/main.ts';
import { type AlertPost, type AlertSender, createAlertSender } from './alert-sender.ts';
import { createIncidentStory, type IncidentStory, readMessage } from './incident-story.ts';
import { waitUntil } from './wait-until.ts';

const manifestsFolder = fileURLToPath(new URL('../../manifests', import.meta.url));

type Environment = Readonly<Record<string, string | undefined>>;

/** A laboratory with the real bot beside it, and the hands of those outside: alert senders and people. */
export interface Story {
  readonly lab: Laboratory;
  /** The bot that runs now. */
  bot(): Bot;
  /** Ends the bot and starts another on the same data, with the same environment but for `config`. */
  restartBot(config?: Environment): Promise<void>;
  /** Sends one alert to the webhook, as Alertmanager or GoAlert would. */
  readonly alert: AlertSender['send'];
  /** Waits until no alert fires, then lets the telemetry's own alerts through to the webhook until the returned function is called. */
  connect(via: 'alertmanager' | 'goalert'): Promise<() => void>;
  /** The next incident that no earlier call returned, once it is open. */
  nextIncident(): Promise<IncidentStory>;
  /** Starts to listen for what this person alone is told; the returned function resolves with the first of it. */
  listen(user: string): () => Promise<string>;
  /** Types `/sre <text>` in #incidents; returns what only that person sees in answer. */
  sre(user: string, text: string): Promise<string>;
  /** Incidents so far. */
  incidents(): Promise<number>;
  /** Mends what chaos did, ends the alerts that {@link alert} sent, and waits until the shop and the bot are at rest. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

const environmentFor = (lab: Laboratory, dataDir: string, config: Environment): Environment => {
  const kubeconfigPath = join(dataDir, 'kubeconfig.yaml');
  writeFileSync(kubeconfigPath, lab.cluster.kubeconfig('bot'), { mode: 0o600 });
  const { prometheusUrl, lokiUrl, tracesUrl } = lab.telemetry;
  const { slack, chaosUrl } = lab;
  const address = { slack, kubeconfigPath, namespace: shopNamespace, prometheusUrl, lokiUrl, tracesUrl, chaosUrl };
  return environmentBeside(address, dataDir, {
    AUTO_APPROVE_SECONDS: '5',
    VERIFY_SECONDS: '60',
    VERIFY_STABLE_SECONDS: '2',
    ...config,
  });
};

const createCalm = (lab: Laboratory, bot: () => Bot, sender: AlertSender) => async (): Promise<void> => {
  for (const { fault } of lab.chaos.active()) lab.chaos.clear(fault);
  await lab.untilSettled();
  await sender.resolveAll();
  await waitUntil({
    what: 'every incident is at its end',
    look: () => bot().cases.open(),
    holds: (open) => open.length === 0,
    describe: (open) => open.map((file) => `INC-${file.incident.number} is ${phaseOf(file)}`).join(', '),
  });
};

/** An alert that still fires from an earlier story must not open an incident in this one. */
const untilQuiet = ({ telemetry }: Laboratory) =>
  waitUntil({
    what: 'no alert fires',
    look: async () => telemetry.firing(),
    holds: (firing) => firing.length === 0,
    describe: (firing) => firing.map(({ labels }) => `${labels.alertname} ${labels.workload ?? ''}`).join(', '),
  });

const createNewcomers = (bot: () => Bot, open: (uid: string) => IncidentStory) => {
  const taken = new Set<string>();
  return async (): Promise<IncidentStory> => {
    const fresh = await waitUntil({
      what: 'an incident is opened',
      look: async () => (await bot().cases.recent(20)).toReversed().filter(({ incident }) => !taken.has(incident.uid)),
      holds: (files) => files.length > 0,
      describe: () => `${taken.size} incidents were told of before, no other exists`,
      subscribe: (wake) => bot().cases.subscribe(wake),
    });
    const uid = fresh[0]?.incident.uid ?? '';
    taken.add(uid);
    return open(uid);
  };
};

const createListen = (lab: Laboratory) => (user: string) => {
  const before = lab.slack.ephemerals(user).length;
  return async (): Promise<string> => {
    const heard = await waitUntil({
      what: `${user} is told something`,
      look: async () => lab.slack.ephemerals(user).slice(before),
      holds: (messages) => messages.length > 0,
      describe: () => 'nothing was heard',
    });
    return heard.map((message) => readMessage(message).words).join('\n');
  };
};

/** What people do before the bot's socket stands would be lost on it. */
const untilReady = async (bot: Bot): Promise<Bot> => {
  await waitUntil({
    what: 'the bot is ready',
    look: async () => (await fetch(`${bot.url}/readyz`)).text(),
    holds: (text) => text.includes('"ready"'),
    describe: (text) => text,
  });
  return bot;
};

/** Starts a laboratory and the bot beside it, in a folder of their own; `config` overrides the bot's environment. Both end with `close`. */
export const startStory = async (options: { readonly config?: Environment } = {}): Promise<Story> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ai4all-sre-story-'));
  const lab = await startLaboratory({ manifestsFolder });
  const log = pino({ level: 'debug' }, pino.destination({ dest: join(dataDir, 'bot.log'), sync: true }));
  const startOne = async (config?: Environment): Promise<Bot> => {
    const environment = environmentFor(lab, dataDir, { ...options.config, ...config });
    return untilReady(await startBot(readConfig(environment), log));
  };
  let current = await startOne();
  const bot = (): Bot => current;
  const sender = createAlertSender(() => bot().url);
  const listen = createListen(lab);

  return {
    lab,
    bot,
    restartBot: async (config) => {
      await current.stop();
      current = await startOne(config);
    },
    alert: (post: AlertPost) => sender.send(post),
    connect: async (kind) => {
      await untilQuiet(lab);
      return lab.telemetry.addReceiver(
        kind === 'goalert'
          ? { kind, url: `${bot().url}/alerts/goalert/${laboratorySenders.goalert}` }
          : { kind, url: `${bot().url}/alerts/alertmanager`, token: laboratorySenders.alertmanager },
      );
    },
    nextIncident: createNewcomers(bot, (uid) => createIncidentStory({ lab, bot, uid })),
    listen,
    sre: async (user, text) => {
      const heard = listen(user);
      await lab.slack.people.slash({ user, channel: lab.slack.channels.incidents, command: '/sre', text });
      return heard();
    },
    // What was opened and found to be the same trouble is a duplicate, no incident of its own.
    incidents: async () =>
      (await bot().cases.recent(100)).filter(({ closure }) => closure?.outcome !== 'duplicate').length,
    calm: createCalm(lab, bot, sender),
    close: async () => {
      await current.stop();
      await lab.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
