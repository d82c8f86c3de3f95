import { mkdirSync, rmSync } from 'node:fs';
import { type Addresses, adminKubeconfig, botKubeconfig, readState, writeState } from './cluster-state.ts';
import { apiServerPlan, controllersPlan, etcdPlan, schedulerPlan } from './control-plane.ts';
import { freePorts } from './free-ports.ts';
import { applyInOrder, type KubeClients, openClients } from './kube-client.ts';
import { installKyvernoKinds, installPolicies, kyvernoPlan } from './kyverno.ts';
import { alertmanagerPlan, installMonitoringRights, kubeStateMetricsPlan, prometheusPlan } from './monitoring.ts';
import { kwokPlan, nodeObjects, podJudgePlan, untilNodesReady } from './nodes.ts';
import { runFolder } from './places.ts';
import { makeRunFiles, type RunFiles } from './run-files.ts';
import { installShop, untilShopSettled, writeBotKubeconfig } from './shop.ts';
import { endAllProcesses, type ProcessPlan, startProcess } from './supervisor.ts';

type Tell = (line: string) => void;

const listeners = [
  ...(['etcd', 'etcdPeer', 'apiServer', 'controllers', 'scheduler', 'kwok', 'podJudge', 'kyverno'] as const),
  ...(['kubeStateMetrics', 'kubeStateTelemetry', 'prometheus', 'alertmanager', 'bot'] as const),
] as const;

type Ports = Readonly<Record<(typeof listeners)[number], number>>;

/** What every part of the start needs. */
interface Ground {
  readonly ports: Ports;
  readonly files: RunFiles;
  readonly clients: KubeClients;
  readonly start: (plan: ProcessPlan) => Promise<void>;
}

const addressesOf = (ports: Ports): Addresses => ({
  apiServer: `https://127.0.0.1:${ports.apiServer}`,
  prometheus: `http://127.0.0.1:${ports.prometheus}`,
  alertmanager: `http://127.0.0.1:${ports.alertmanager}`,
  kubeStateMetrics: `http://127.0.0.1:${ports.kubeStateMetrics}`,
  botPort: ports.bot,
});

const startNodes = async ({ ports, files, clients, start }: Ground): Promise<void> => {
  await applyInOrder(clients, nodeObjects);
  await Promise.all([start(kwokPlan(ports.kwok, files)), start(podJudgePlan(ports.podJudge, files))]);
  await untilNodesReady(clients);
};

const startShop = async ({ ports, files, clients, start }: Ground): Promise<void> => {
  await Promise.all([start(controllersPlan(ports, files)), start(schedulerPlan(ports, files)), installShop(clients)]);
  await writeBotKubeconfig(clients, { url: addressesOf(ports).apiServer, caPem: files.caPem });
};

const startPolicies = async ({ ports, files, clients, start }: Ground): Promise<void> => {
  await installKyvernoKinds(clients);
  await start(kyvernoPlan(ports.kyverno, files, clients));
  await installPolicies(clients);
};

const startMonitoring = async ({ ports, files, clients, start }: Ground): Promise<void> => {
  await installMonitoringRights(clients);
  await start(kubeStateMetricsPlan(ports, files));
  await Promise.all([prometheusPlan(ports).then(start), alertmanagerPlan(ports).then(start)]);
};

const startAll = async (tell: Tell, signal: AbortSignal): Promise<void> => {
  const ports = await freePorts(listeners);
  const files = await makeRunFiles(addressesOf(ports).apiServer);
  const start = async (plan: ProcessPlan): Promise<void> => {
    // Parts start side by side: when one has failed, nothing may be started that nobody would end.
    signal.throwIfAborted();
    const tookMs = await startProcess(plan);
    tell(`${plan.name} ${plan.version} is ready after ${(tookMs / 1_000).toFixed(1)} s`);
  };
  await start(etcdPlan(ports));
  await start(apiServerPlan(ports, files));
  const clients = openClients(adminKubeconfig);
  const ground: Ground = { ports, files, clients, start };
  await Promise.all([startNodes(ground), startShop(ground), startPolicies(ground), startMonitoring(ground)]);
  await untilShopSettled(clients);
  writeState({ processes: readState()?.processes ?? [], addresses: addressesOf(ports) });
};

/** Starts the whole cluster from built components. When a part of it fails, ends the others and rejects with the end of its log. */
export const startCluster = async (tell: Tell): Promise<void> => {
  const beganMs = Date.now();
  rmSync(runFolder, { recursive: true, force: true });
  mkdirSync(runFolder, { recursive: true, mode: 0o700 });
  const given = new AbortController();
  try {
    await startAll(tell, given.signal);
  } catch (error) {
    given.abort();
    await endAllProcesses();
    throw error;
  }
  tell(`the cluster with Online Boutique is ready after ${((Date.now() - beganMs) / 1_000).toFixed(1)} s`);
  tell(`export KUBECONFIG=${adminKubeconfig}   # the bot's: ${botKubeconfig}`);
};
