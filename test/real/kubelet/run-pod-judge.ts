import { createServer } from 'node:http';
import * as k8s from '@kubernetes/client-node';
import type { Holdings } from './missing-sources.ts';
import { fatesAnnotation, judgePod } from './pod-fates.ts';

const [kubeconfig = '', port = '0'] = process.argv.slice(2);

const config = new k8s.KubeConfig();
config.loadFromFile(kubeconfig);
const core = config.makeApiClient(k8s.CoreV1Api);

const say = (words: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${words}\n`);
};

const pods = k8s.makeInformer(config, '/api/v1/pods', () => core.listPodForAllNamespaces());
const configMaps = k8s.makeInformer(config, '/api/v1/configmaps', () => core.listConfigMapForAllNamespaces());
const secrets = k8s.makeInformer(config, '/api/v1/secrets', () => core.listSecretForAllNamespaces());

const holdings: Holdings = {
  keysOf: (kind, namespace, name) => {
    const held = kind === 'configmap' ? configMaps.get(name, namespace) : secrets.get(name, namespace);
    if (held === undefined) return null;
    return [held.data, 'binaryData' in held ? held.binaryData : undefined].flatMap((data) => Object.keys(data ?? {}));
  },
};

const isMine = ({ metadata, spec }: k8s.V1Pod): boolean =>
  metadata?.deletionTimestamp === undefined && spec?.nodeName !== undefined;

/** Writes down what becomes of a pod, if that is something new. */
const judge = async (pod: k8s.V1Pod): Promise<void> => {
  const fates = JSON.stringify(judgePod(pod, holdings));
  const { name = '', namespace = '', annotations } = pod.metadata ?? {};
  if (annotations?.[fatesAnnotation] === fates) return;
  const body = { metadata: { annotations: { [fatesAnnotation]: fates } } };
  await core.patchNamespacedPod(
    { name, namespace, body, fieldManager: 'pod-judge' },
    k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch),
  );
  say(`${namespace}/${name}: ${fates}`);
};

const look = (pod: k8s.V1Pod): void => {
  if (!isMine(pod)) return;
  judge(pod).catch((error: unknown) => say(`${pod.metadata?.name}: ${String(error)}`));
};

/** A ConfigMap or Secret that comes or goes may change what becomes of any pod beside it. */
const lookAround = ({ metadata }: k8s.KubernetesObject): void => {
  for (const pod of pods.list(metadata?.namespace)) look(pod);
};

for (const event of ['add', 'update'] as const) pods.on(event, look);
for (const event of ['add', 'update', 'delete'] as const) {
  configMaps.on(event, lookAround);
  secrets.on(event, lookAround);
}
for (const informer of [pods, configMaps, secrets]) {
  informer.on('error', (error: unknown) => {
    say(`the watch broke: ${String(error)}`);
    setTimeout(() => informer.start().catch(() => undefined), 500);
  });
}

// What pods name is known before the first pod is judged.
await Promise.all([configMaps.start(), secrets.start()]);
await pods.start();
createServer((_request, response) => response.end('ok')).listen(Number(port), '127.0.0.1');
say('ready');
