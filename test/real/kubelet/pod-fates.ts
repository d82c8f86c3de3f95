import type { V1Container, V1Pod, V1Probe } from '@kubernetes/client-node';
import { type Holdings, missingFromEnvironment, missingFromVolumes } from './missing-sources.ts';

/** What becomes of one container, as its pod's spec has it. The message is what a kubelet would say. */
export type Fate =
  | { readonly fate: 'runs' | 'unready' | 'oom' | 'completes' }
  | { readonly fate: 'exits'; readonly code: number }
  | { readonly fate: 'no-image' | 'no-config' | 'no-start' | 'no-volume'; readonly message: string };

/** The annotation of a pod that the stages read: container to fate, as JSON. */
export const fatesAnnotation = 'kwok.ai4all.dev/fates';

const shop = [
  ...['adservice', 'cartservice', 'checkoutservice', 'currencyservice', 'emailservice', 'frontend', 'loadgenerator'],
  ...['paymentservice', 'productcatalogservice', 'recommendationservice', 'shippingservice'],
];
const registry: ReadonlySet<string> = new Set([
  ...shop.flatMap((name) => ['v0.10.2', 'v0.10.1', 'v0.10.0'].map((tag) => `online-boutique/${name}:${tag}`)),
  ...['redis:alpine', 'redis:7-alpine', 'busybox:1.36'],
]);

/** What each program needs at least, in MiB; what is not named here needs little. */
const memoryMin: readonly (readonly [RegExp, number])[] = [
  [/adservice/, 128],
  [/recommendationservice/, 128],
  [/loadgenerator/, 64],
  [/cartservice|currencyservice|emailservice|paymentservice/, 48],
  [/./, 12],
];

const units: Readonly<Record<string, number>> = {
  '': 2 ** -20,
  k: 1e3 / 2 ** 20,
  Ki: 2 ** -10,
  M: 1e6 / 2 ** 20,
  Mi: 1,
  G: 1e9 / 2 ** 20,
  Gi: 2 ** 10,
};

/** A quantity of memory in MiB; what cannot be read limits nothing. */
const mebibytes = (quantity: string): number => {
  const [, number = '', unit = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(quantity) ?? [];
  const factor = units[unit];
  return number === '' || factor === undefined ? Number.POSITIVE_INFINITY : Number(number) * factor;
};

/** Programs that every image is thought to have beside its own. */
const programs: ReadonlySet<string> = new Set([
  'sh',
  'bash',
  'sleep',
  'redis-server',
  'server',
  'node',
  'python',
  'java',
]);

const baseName = (path: string): string => path.split('/').at(-1) ?? path;

/** What becomes of a container because of the command it is told to run; null when that is no reason to end. */
const commandFate = ({ command = [], args = [] }: V1Container): Fate | null => {
  const [program] = command;
  if (program === undefined) return null;
  if (!programs.has(baseName(program)) && baseName(program) !== 'false') {
    return { fate: 'no-start', message: `exec: "${program}": executable file not found in $PATH` };
  }
  const words = [...command, ...args].join(' ');
  const told = /\bexit (\d+)\s*$/.exec(words)?.[1];
  if (baseName(program) === 'false') return { fate: 'exits', code: 1 };
  return told === undefined ? null : { fate: 'exits', code: Number(told) };
};

const portOf = ({ httpGet, tcpSocket, grpc }: V1Probe, container: V1Container): number | null => {
  const port = httpGet?.port ?? tcpSocket?.port ?? grpc?.port;
  if (port === undefined) return null;
  if (typeof port === 'number') return port;
  // A name that no port of the container has leads nowhere.
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? -1;
};

/** A container serves at the ports that it declares, or, when it declares none, wherever it is asked. */
const isProbedInVain = (container: V1Container): boolean => {
  const port = container.readinessProbe === undefined ? null : portOf(container.readinessProbe, container);
  const served = (container.ports ?? []).map(({ containerPort }) => containerPort);
  return port !== null && served.length > 0 && !served.includes(port);
};

const pullFailure = (image: string): string =>
  `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to resolve reference "${image}": not found`;

const startFate = (container: V1Container, namespace: string, holdings: Holdings): Fate | null => {
  const image = container.image ?? '';
  if (!registry.has(image)) return { fate: 'no-image', message: pullFailure(image) };
  const missing = missingFromEnvironment(container, namespace, holdings);
  return missing === null ? commandFate(container) : { fate: 'no-config', message: missing };
};

const appFate = (container: V1Container, namespace: string, holdings: Holdings): Fate => {
  const early = startFate(container, namespace, holdings);
  if (early !== null) return early;
  const needed = memoryMin.find(([image]) => image.test(container.image ?? ''))?.[1] ?? 0;
  const limit = container.resources?.limits?.memory;
  if (limit !== undefined && mebibytes(limit) < needed) return { fate: 'oom' };
  return { fate: isProbedInVain(container) ? 'unready' : 'runs' };
};

/** Judges every container of a pod by its spec and by what its namespace holds, as a kubelet and the programs would. */
export const judgePod = (pod: V1Pod, holdings: Holdings): Readonly<Record<string, Fate>> => {
  const namespace = pod.metadata?.namespace ?? '';
  const unmounted = missingFromVolumes(pod, holdings);
  const judged = (container: V1Container, judge: () => Fate): readonly [string, Fate] => [
    container.name,
    unmounted === null ? judge() : { fate: 'no-volume', message: unmounted },
  ];
  return Object.fromEntries([
    ...(pod.spec?.initContainers ?? []).map((init) =>
      judged(init, () => startFate(init, namespace, holdings) ?? { fate: 'completes' }),
    ),
    ...(pod.spec?.containers ?? []).map((container) =>
      judged(container, () => appFate(container, namespace, holdings)),
    ),
  ]);
};
