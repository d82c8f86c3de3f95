import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import closeWithGrace from 'close-with-grace';
import { pino } from 'pino';
import { uuidv7 } from 'uuidv7';
import { createDirector, createSpecialists } from '../agents/index.ts';
import { commands } from '../commands/index.ts';
import { actions } from './actions/index.ts';
import { createFolderArchive } from './adapters/archive/folder.ts';
import { createFaissIndex } from './adapters/faiss/faiss-index.ts';
import { createHashEmbedder } from './adapters/faiss/hash-embedder.ts';
import { createMemoryShelf } from './adapters/faiss/memory-shelf.ts';
import { createExactIndex, type VectorIndex } from './adapters/faiss/vector-index.ts';
import { createChaosEndpoint } from './adapters/http/chaos-endpoint.ts';
import { createPrometheusMeter } from './adapters/http/prometheus-meter.ts';
import { createHttpServer } from './adapters/http/server.ts';
import { readExperiments } from './adapters/kubernetes/chaos-experiments.ts';
import { createKubernetes, type Kubernetes } from './adapters/kubernetes/create-kubernetes.ts';
import { openKubernetesStores } from './adapters/kubernetes/store/open-stores.ts';
import { createKyverno } from './adapters/kyverno/create-kyverno.ts';
import { requiredPolicies } from './adapters/kyverno/required-policies.ts';
import { createLoki } from './adapters/loki/create-loki.ts';
import { createNoModel } from './adapters/ollama/create-no-model.ts';
import { createOllama } from './adapters/ollama/create-ollama.ts';
import { createOllamaEmbedder } from './adapters/ollama/embedder.ts';
import { createPrometheus } from './adapters/prometheus/create-prometheus.ts';
import { createSlack } from './adapters/slack/create-slack.ts';
import type { SlackDeps } from './adapters/slack/slack-deps.ts';
import { openSqliteStores } from './adapters/sqlite/open-stores.ts';
import { createTraces } from './adapters/traces/create-traces.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import type { CaseFile } from './domain/case-file.ts';
import { createClockKeeper } from './flow/clock-keeper.ts';
import { createRoad } from './flow/create-road.ts';
import { createDesk } from './flow/desk.ts';
import { createEndingSteps } from './flow/ending-steps.ts';
import { createInquirySteps } from './flow/inquiry-steps.ts';
import { createOwnedCases } from './flow/lease-lost.ts';
import { createModeKeeper } from './flow/mode-keeper.ts';
import { createPolicyWatch } from './flow/policy-watch.ts';
import { createRemedySteps } from './flow/remedy-steps.ts';
import { createSteadyClock } from './flow/steady-clock.ts';
import { limits } from './limits.ts';
import type { CaseStore } from './ports/case-store.ts';
import type { Chaos } from './ports/chaos.ts';
import type { Clock, Ids } from './ports/clock.ts';
import type { Journal } from './ports/journal.ts';
import type { Log } from './ports/log.ts';
import type { Meter } from './ports/meter.ts';
import type { Shown } from './ports/shown-ledger.ts';
import type { Stores } from './ports/stores.ts';
import { sources } from './sources/index.ts';

/** A running bot, as its entry points see it. */
export interface Bot {
  /** Base URL of the webhook, the probes and the metrics. */
  readonly url: string;
  readonly cases: CaseStore;
  readonly journal: Journal;
  readonly shown: (file: CaseFile) => Promise<readonly Shown[]>;
  /** What the flight recorder cannot see now, or not yet, in one phrase each. */
  readonly blindSpots: () => readonly string[];
  stop(): Promise<void>;
}

/** What a rehearsal may replace or look into; production leaves all of it as it is. */
export interface Seams {
  readonly clock?: Clock;
  /** Puts something around the stores: a trip wire, a meter. */
  readonly stores?: (stores: Stores) => Stores;
  /** How fast the bot may write to a Slack that has no rates. */
  readonly slackPaces?: SlackDeps['paces'];
}

const wallClock: Clock = { now: () => new Date().toISOString(), nowMs: Date.now };
const ids: Ids = { uid: uuidv7 };

const modelFor = ({ inference }: Config, log: Log, meter: Meter) =>
  inference.kind === 'none'
    ? createNoModel()
    : createOllama({ host: inference.host, model: inference.model, log, meter, numParallel: inference.parallel });

const embedderFor = ({ inference }: Config) =>
  inference.kind === 'ollama' && inference.embedModel !== undefined
    ? { ...createOllamaEmbedder({ host: inference.host, model: inference.embedModel }), name: inference.embedModel }
    : createHashEmbedder();

const vectorIndexFor = async (log: Log): Promise<VectorIndex> => {
  try {
    return await createFaissIndex();
  } catch (error) {
    log.warn({ err: error }, 'FAISS cannot be loaded here (see README): memory uses its exact index in JavaScript');
    return createExactIndex();
  }
};

const chaosFor = ({ chaos }: Config, kubernetes: Kubernetes): Chaos | undefined => {
  if (chaos.kind === 'endpoint') return createChaosEndpoint(chaos.url);
  return chaos.kind === 'chaos-mesh' ? kubernetes.chaosMesh(readExperiments('manifests/chaos-mesh')) : undefined;
};

const kubeconfigOf = ({ kubernetes }: Config) => ({
  kubeconfig: kubernetes.kubeconfigPath ?? 'in-cluster',
  ...(kubernetes.context === undefined ? {} : { context: kubernetes.context }),
});

const storesFor = ({ store, dataDir, ...config }: Config, clock: Clock, log: Log): Promise<Stores> | Stores =>
  store.kind === 'sqlite'
    ? openSqliteStores({ dataDir, clock, ids })
    : openKubernetesStores({
        ...kubeconfigOf({ store, dataDir, ...config }),
        ...{ clock, ids, log, namespace: store.namespace, leaseMs: store.leaseSeconds * 1_000 },
      });

/** Everything foreign, behind its port. */
const adaptersFor = async (config: Config, log: Log, seams: Seams) => {
  const { meter, text: metricsText } = createPrometheusMeter();
  const clock = createSteadyClock({ wall: seams.clock ?? wallClock, steadyMs: () => performance.now() });
  const opened = await storesFor(config, clock, log);
  const stores = seams.stores?.(opened) ?? opened;
  const { namespaces, actAccount } = config.kubernetes;
  const { actMsMax, owns: mayWrite } = stores.ownership;
  const kubernetes = createKubernetes({
    ...{ ...kubeconfigOf(config), namespaces, actAccount, clock, log, mayWrite },
    records: stores.changes,
    // It outlives the process and is not in the store: who reads the store cannot try guesses on its digests.
    ...{ digestKey: config.slack.botToken, writeMsMax: actMsMax },
  });
  const senses = {
    metrics: createPrometheus({ ...config.prometheus, log }),
    logs: createLoki({ ...config.loki, log }),
    ...(config.traces === undefined ? {} : { traces: createTraces({ ...config.traces, log }) }),
    cluster: kubernetes.cluster,
    changes: kubernetes.recorder,
  };
  const { writesPerTenMinutesMax } = config.policy;
  const policies = createKyverno({ list: kubernetes.list, required: requiredPolicies });
  const hands = { writer: kubernetes.writer, policies, namespaces, writesPerTenMinutesMax };
  const embedder = embedderFor(config);
  const memory = createMemoryShelf({ records: stores.memories, embedder, index: await vectorIndexFor(log), log });
  const { settings, journal } = stores;
  const model = modelFor(config, log, meter);
  const modes = createModeKeeper({
    ...{ model, settings, journal, clock, log, meter },
    initial: config.policy.mode,
    probeEveryMs: config.inference.probeSeconds * 1000,
    wellMsMin: config.inference.wellSeconds * 1000,
  });
  const guard = createPolicyWatch({ policies, writer: kubernetes.writer, modes, ids, log });
  const { slackPaces } = seams;
  return { clock, meter, metricsText, stores, kubernetes, senses, hands, memory, modes, guard, slackPaces };
};

type Adapters = Awaited<ReturnType<typeof adaptersFor>>;

/** The desk and Slack need each other: people decide through Slack, and Slack knows who may. */
const peopleFor = (config: Config, log: Log, adapters: Adapters) => {
  const { stores, modes, meter, clock } = adapters;
  const tools = { ...stores, clock, ids, log };
  const desk = createDesk({ ...tools, approvers: { check: (userId) => slack.approvers.check(userId) }, modes });
  const chaos = chaosFor(config, adapters.kubernetes);
  const modelLabel = modes.model.label;
  const slack = createSlack({
    ...tools,
    config: { ...config.slack, callMsMax: stores.ownership.actMsMax },
    desk,
    commands,
    tools: { desk, modelLabel, ...(chaos === undefined ? {} : { chaos }) },
    meter,
    modelLabel,
    ...(adapters.slackPaces === undefined ? {} : { paces: adapters.slackPaces }),
  });
  return slack;
};

/** The shelves and the steps of the road over the adapters. */
const stepsFor = (config: Config, log: Log, adapters: Adapters) => {
  const { stores, senses, hands, memory, modes, guard, meter, clock } = adapters;
  const { ownership } = stores;
  const tools = { cases: createOwnedCases(stores.cases, ownership), journal: stores.journal, clock, ids, log };
  const thinking = { model: modes.model, clock };
  const specialists = createSpecialists(thinking);
  const archive = createFolderArchive(join(config.dataDir, 'post-mortems'));
  const mode = () => modes.state().effective;
  return {
    ...createInquirySteps({
      tools,
      inbox: stores.inbox,
      senses,
      memory,
      specialists,
      director: createDirector(thinking),
      actions,
    }),
    ...createRemedySteps({ tools, senses, hands, policy: config.policy, meter, mode, doubt: guard.doubt, ownership }),
    ...createEndingSteps({ tools, archive, memory }),
  };
};

/** A long journal takes a while to check, and a bot that is needed does not wait for it. */
const checkJournal = async (journal: Journal, log: Log): Promise<void> => {
  try {
    const broken = await journal.firstBroken();
    if (broken !== null) log.error({ ...broken }, 'the journal was tampered with: its hash chain breaks here');
  } catch (error) {
    log.warn({ err: error }, 'the journal could not be checked');
  }
};

/** Starts the bot: adapters, shelves, loop. Rejects with advice when a part that it cannot live without does not start. */
export const startBot = async (config: Config, log: Log, seams: Seams = {}): Promise<Bot> => {
  const adapters = await adaptersFor(config, log, seams);
  const { clock, stores, kubernetes, memory, modes, guard, meter, metricsText, senses } = adapters;
  const { cases, journal, inbox, shown } = stores;
  const slack = peopleFor(config, log, adapters);
  const road = createRoad({
    tools: { cases, journal, clock, ids, log },
    steps: stepsFor(config, log, adapters),
    inbox,
    senses,
    view: slack.view,
    ownership: stores.ownership,
    meter,
    random: Math.random,
    namespace: config.kubernetes.namespaces[0] ?? 'default',
  });
  let hasStarted = false;
  const ready = () => [...(hasStarted ? [] : ['the start']), ...(slack.health() === 'connected' ? [] : ['Slack'])];
  const { notices } = slack;
  const http = createHttpServer({
    ...config.webhook,
    ...{ notices, sources, inbox, journal, clock, log, meter, metricsText, ready },
  });

  kubernetes.recorder.start();
  await memory.start();
  await modes.start();
  await guard.start();
  // From here on alerts are kept, though nobody may work on them for a while yet.
  const url = await http.start();
  await slack.start();
  await road.start();
  const clockKeeper = createClockKeeper({ cases, journal, clock, ids, log, ownership: stores.ownership });
  clockKeeper.start();
  // A mode that changes is told in every thread that waits.
  modes.subscribe(() => {
    void cases.open().then((files) => {
      for (const { incident } of files) slack.view.show(incident.uid);
    });
  });
  await stores.ownership.start();
  hasStarted = true;
  void checkJournal(journal, log);
  log.info({ url, model: modes.model.label, mode: modes.state().effective }, 'the bot is ready');

  return {
    url,
    cases,
    journal,
    shown: (file) => shown.of(file.incident.uid),
    blindSpots: kubernetes.recorder.troubles,
    stop: async () => {
      // From the outside in: nothing new comes in, what runs ends, then the parts that it needs are let go.
      await http.stop();
      await road.stop();
      clockKeeper.stop();
      guard.stop();
      modes.stop();
      await slack.stop();
      await kubernetes.recorder.stop();
      await memory.stop();
      await stores.ownership.stop();
      stores.close();
    },
  };
};

const run = async (): Promise<void> => {
  const config = readConfig(process.env);
  const log = pino({ level: config.logLevel, base: { app: 'ai4all-sre' } });
  // A stray rejection in a library must be seen, and must not end a bot that is in the middle of a remedy.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  const bot = await startBot(config, log);
  closeWithGrace({ delay: limits.shutdownMsMax, logger: false }, async ({ err, signal }) => {
    log.info({ signal, err }, 'stopping');
    await bot.stop();
  });
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  run().catch((error: unknown) => {
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exit(1);
  });
}
