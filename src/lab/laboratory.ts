import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startChaosEndpoint } from './chaos/chaos-endpoint.ts';
import { type Chaos, createChaos } from './chaos/create-chaos.ts';
import type { ApiWitness } from './cluster/api/api-faults.ts';
import { type Cluster, startCluster } from './cluster/cluster.ts';
import { bootNodes } from './cluster/controllers/boot-nodes.ts';
import { settled } from './cluster/controllers/settled.ts';
import { startControllers } from './cluster/controllers/start-controllers.ts';
import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from './slack/local-slack.ts';
import { startTelemetry, type Telemetry } from './telemetry/start-telemetry.ts';
import { createWorld } from './world/create-world.ts';

/** The application's namespace in the laboratory. */
export const shopNamespace = 'online-boutique';

/** What a laboratory is made of. `manifestsFolder` is the repository's `manifests/`. */
export interface LaboratoryOptions {
  readonly manifestsFolder: string;
  readonly seed?: number;
  readonly slack?: LocalSlackOptions;
  readonly auditLogPath?: string;
  /** Looks on as the API server works, and may hang up on its clients. */
  readonly apiWitness?: ApiWitness;
  readonly auditEventsMax?: number;
}

/** A running laboratory: a small cluster with Online Boutique, its telemetry, chaos, and a local Slack. All on loopback. */
export interface Laboratory {
  readonly slack: LocalSlack;
  readonly cluster: Cluster;
  readonly telemetry: Telemetry;
  readonly chaos: Chaos;
  readonly chaosUrl: string;
  /** Resolves when every rollout of the shop is done and ready. Rejects after `timeoutMs`. */
  untilSettled(timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** The bot itself runs beside the laboratory: of its manifests only its rights and its kinds belong into the cluster. */
const policyPaths = [
  ...['online-boutique', 'kyverno'],
  ...['namespace', 'rbac', 'crds', 'store-rbac'].map((name) => `bot/${name}.yaml`),
];

/** Asks again after every change of the cluster, so that nobody has to sleep and hope. */
const untilStore = (cluster: Cluster, isSo: () => boolean, timeoutMs: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      stop();
    };
    const look = (): void => {
      if (!isSo()) return;
      end();
      resolve();
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`the shop's rollouts were not done within ${timeoutMs} ms`));
    }, timeoutMs);
    const stop = cluster.store.watch(look);
    look();
  });

/** Starts everything; the shop may still be rolling out when it resolves, except that the telemetry's quiet past needs it ready. */
export const startLaboratory = async (options: LaboratoryOptions): Promise<Laboratory> => {
  const { manifestsFolder, seed = 7, auditLogPath, apiWitness, auditEventsMax } = options;
  const nowMs = Date.now;
  const cluster = await startCluster({
    nowMs,
    manifests: policyPaths.map((path) => join(manifestsFolder, path)).filter((path) => existsSync(path)),
    ...(auditLogPath === undefined ? {} : { auditLogPath }),
    ...(apiWitness === undefined ? {} : { witness: apiWitness }),
    ...(auditEventsMax === undefined ? {} : { auditEventsMax }),
  });
  bootNodes(cluster.store);
  const world = createWorld({ store: cluster.store, namespace: shopNamespace, seed });
  const controllers = startControllers({ store: cluster.store, judge: world, nowMs, seed });
  const untilSettled = (timeoutMs = 60_000): Promise<void> =>
    untilStore(cluster, () => settled(cluster.store, shopNamespace), timeoutMs);
  await untilSettled();
  const telemetry = await startTelemetry({
    world,
    nowMs,
    rulesFolder: `${manifestsFolder}/prometheus`,
    receivers: [],
  });
  let removeRule = (): void => undefined;
  const chaos = createChaos({
    store: cluster.store,
    world,
    now: nowMs,
    random: Math.random,
    onFalseAlarm: (rule) => {
      removeRule();
      removeRule = rule === null ? () => undefined : telemetry.addRule(rule);
    },
  });
  const chaosEndpoint = await startChaosEndpoint({ chaos });
  const slack = await startLocalSlack(options.slack);
  return {
    slack,
    cluster,
    telemetry,
    chaos,
    chaosUrl: chaosEndpoint.url,
    untilSettled,
    close: async () => {
      controllers.stop();
      await Promise.all([telemetry.close(), chaosEndpoint.close(), slack.close(), cluster.close()]);
    },
  };
};
