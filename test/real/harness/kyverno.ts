import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { componentNamed, folderOf } from './components.ts';
import { builtProgram } from './control-plane.ts';
import {
  applyInOrder,
  applyObject,
  isServed,
  type KubeClients,
  objectsOfFile,
  objectsOfKustomization,
} from './kube-client.ts';
import { manifestsFolder } from './places.ts';
import type { RunFiles } from './run-files.ts';
import type { ProcessPlan } from './supervisor.ts';
import { until } from './until.ts';

const webhookName = 'kyverno-resource-validating-webhook-cfg';

/** The namespace and the settings that Kyverno's chart would make: Kyverno keeps out of its own business. */
const furniture = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kyverno' } },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kyverno', namespace: 'kyverno' },
    data: {
      excludeGroups: 'system:nodes',
      webhooks: JSON.stringify({
        namespaceSelector: {
          matchExpressions: [
            { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kyverno', 'kube-system'] },
          ],
        },
      }),
    },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kyverno-metrics', namespace: 'kyverno' }, data: {} },
];

/** Installs Kyverno's definitions from its own module, and waits until they are served: it does not start without one of them. */
export const installKyvernoKinds = async (clients: KubeClients): Promise<void> => {
  const folder = join(folderOf(componentNamed('kyverno')), 'crds');
  const definitions = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .flatMap((path) => objectsOfFile(join(folder, path)));
  await Promise.all([
    ...definitions.map((definition) => applyObject(clients, definition)),
    applyInOrder(clients, furniture),
  ]);
  const names = definitions.map(({ metadata }) => metadata?.name ?? '');
  await until('the definitions of Kyverno are served', async () =>
    (await Promise.all(names.map((name) => isServed(clients, name)))).every(Boolean),
  );
};

/** The webhooks of Kyverno that judge writes by the policies. */
const resourceWebhooks = async (clients: KubeClients) => {
  const { webhooks = [] } = await clients.admission.readValidatingWebhookConfiguration({ name: webhookName });
  return webhooks;
};

/** The plan for Kyverno's admission controller outside of the cluster; its webhooks lead to this address on loopback. */
export const kyvernoPlan = (port: number, files: RunFiles, clients: KubeClients): ProcessPlan => {
  const account = (name: string): string => `system:serviceaccount:kyverno:kyverno-${name}`;
  return {
    ...builtProgram('kyverno', 'kyverno'),
    args: [
      `--kubeconfig=${files.kubeconfigs.kyverno}`,
      `--serverIP=127.0.0.1:${port}`,
      '--webhookServerHost=127.0.0.1',
      `--webhookServerPort=${port}`,
      '--caSecretName=kyverno-svc.kyverno.svc.kyverno-tls-ca',
      '--tlsSecretName=kyverno-svc.kyverno.svc.kyverno-tls-pair',
      `--backgroundServiceAccountName=${account('background-controller')}`,
      `--reportsServiceAccountName=${account('reports-controller')}`,
      '--controllerRuntimeMetricsAddress=0',
      '--disableMetrics=true',
      '--enableReporting=',
      '--leaderElectionRetryPeriod=1s',
    ],
    env: {
      KYVERNO_NAMESPACE: 'kyverno',
      KYVERNO_SERVICEACCOUNT_NAME: 'kyverno-admission-controller',
      KYVERNO_DEPLOYMENT: 'kyverno-admission-controller',
      KYVERNO_POD_NAME: 'kyverno-admission-controller',
      INIT_CONFIG: 'kyverno',
      METRICS_CONFIG: 'kyverno-metrics',
    },
    ready: async () => (await resourceWebhooks(clients)) !== null,
  };
};

interface Policy {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditionStatus?: { readonly ready?: boolean } };
}

const policiesReady = async (clients: KubeClients): Promise<boolean> => {
  const list: { readonly items: readonly Policy[] } = await clients.custom.listClusterCustomObject({
    group: 'policies.kyverno.io',
    version: 'v1',
    plural: 'validatingpolicies',
  });
  return list.items.length > 0 && list.items.every(({ status }) => status?.conditionStatus?.ready === true);
};

/** Applies the bot's policies and resolves when every one is ready and the API server asks Kyverno about writes. */
export const installPolicies = async (clients: KubeClients): Promise<void> => {
  const policies = objectsOfKustomization(join(manifestsFolder, 'kyverno'));
  // Kyverno judges its own policies too, and refuses every call until it has made its certificate.
  await until('Kyverno takes the policies', async () => {
    await Promise.all(policies.map((policy) => applyObject(clients, policy)));
    return true;
  });
  await until('every policy is ready and asked', async () => {
    const webhooks = await resourceWebhooks(clients);
    return webhooks.some(({ rules = [] }) => rules.length > 0) && (await policiesReady(clients));
  });
};
