import { readFileSync, statSync } from 'node:fs';
import { PatchStrategy } from '@kubernetes/client-node';
import { describe } from 'vitest';
import { type AuditLine, type KubernetesUnderTest, kubernetesApiContract } from '../../contracts/kubernetes-api.ts';
import { clientsOf, patchAs, refusalOf } from '../../contracts/kubernetes-api-client.ts';
import { answers } from '../harness/answers.ts';
import { adminKubeconfig, auditLog } from '../harness/cluster-state.ts';
import { openClients } from '../harness/kube-client.ts';
import { shopNamespace } from '../harness/shop.ts';
import { endProcess, processNamed, restartProcess } from '../harness/supervisor.ts';
import { until } from '../harness/until.ts';
import { realAddresses, realKubeconfigs } from './real-cluster.ts';

const caPem = (): string => {
  const { config } = openClients(adminKubeconfig);
  return Buffer.from(config.getCurrentCluster()?.caData ?? '', 'base64').toString();
};

/** Killed, not asked to leave: one that leaves takes its webhooks along. */
const killKyverno = (): Promise<void> => endProcess(processNamed('kyverno'), 'SIGKILL');

const startKyverno = async (): Promise<void> => {
  const bot = clientsOf(realKubeconfigs().bot);
  await restartProcess('kyverno', async () => true);
  await until('Kyverno judges the bot again', async () => {
    const unstamped = { name: 'adservice', namespace: shopNamespace, body: {}, dryRun: 'All' };
    const refusal = await refusalOf(bot.apps.patchNamespacedDeployment(unstamped, patchAs(PatchStrategy.MergePatch)));
    return refusal.code === 400;
  });
};

/** The API server remembers only what it saw since its start. Kyverno, which loses its lease by that, is started anew as a kubelet would. */
const restartApiServer = async (): Promise<void> => {
  await killKyverno();
  await endProcess(processNamed('kube-apiserver'));
  await restartProcess('kube-apiserver', () => answers(`${realAddresses().apiServer}/readyz`, caPem()));
  await startKyverno();
};

const open = async (): Promise<KubernetesUnderTest> => {
  const kubeconfigs = realKubeconfigs();
  const heardBefore = statSync(auditLog).size;
  return {
    ...kubeconfigs,
    auditEvents: () =>
      readFileSync(auditLog)
        .subarray(heardBefore)
        .toString()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as AuditLine),
    setKyverno: (available) => (available ? startKyverno() : killKyverno()),
    forgetHistory: restartApiServer,
    close: async () => undefined,
  };
};

describe('a real API server keeps the promises of the Kubernetes API', () => kubernetesApiContract(open));
