import { createKubernetes } from '../../src/adapters/kubernetes/create-kubernetes.ts';
import { createLoki } from '../../src/adapters/loki/create-loki.ts';
import { createPrometheus } from '../../src/adapters/prometheus/create-prometheus.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { startFakeApiServer } from '../adapters/kubernetes-fake.ts';
import { createMemoryRecords, quietLog } from '../adapters/kubernetes-parts.ts';

export const namespace = 'metropolis';
/** The workload in trouble, one of whose many pods cannot pull its image, and one whose only pod has a thousand containers. */
export const troubled = 'checkout';
export const wide = 'wide';
const huge = 'x'.repeat(100_000);

const counts = { services: 2_000, pods: 5_000, nodes: 500, events: 12_000, containers: 1_000 } as const;
const names = [troubled, wide, ...Array.from({ length: counts.services - 2 }, (_, index) => `service-${index}`)];
const podsOfTroubled = counts.pods - names.length + 1;

const meta = (name: string, owner?: string): JsonObject => ({
  name,
  namespace,
  uid: `uid-${name}`,
  ...(owner === undefined ? {} : { ownerReferences: [{ uid: `uid-${owner}` }] }),
});

const running = (name: string): JsonObject => ({
  name,
  image: 'registry/app:1',
  ready: true,
  restartCount: 0,
  state: { running: {} },
});

const stuck: JsonObject = {
  ...running('server'),
  image: 'registry/app:nope',
  ready: false,
  state: { waiting: { reason: 'ImagePullBackOff', message: huge } },
};

const containersOf = (name: string): readonly string[] =>
  name === wide ? Array.from({ length: counts.containers }, (_, index) => `container-${index}`) : ['server'];

const deployment = (name: string): JsonObject => {
  const replicas = name === troubled ? podsOfTroubled : 1;
  const called = name === 'service-0' ? troubled : undefined;
  const env = called === undefined ? [] : [{ name: 'CHECKOUT_ADDR', value: `${called}:80` }];
  return {
    metadata: { ...meta(name), annotations: { notes: name === wide ? huge : '' } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...(name === wide ? { story: huge } : {}) } },
        spec: { containers: containersOf(name).map((each) => ({ name: each, image: 'registry/app:1', env })) },
      },
    },
    status: { readyReplicas: name === troubled ? replicas - 1 : replicas, updatedReplicas: replicas },
  };
};

const pod = (name: string, index: number): JsonObject => {
  const isStuck = name === troubled && index === podsOfTroubled - 1;
  return {
    metadata: meta(`${name}-${index}`, name),
    spec: { nodeName: `node-${index % counts.nodes}` },
    status: {
      phase: isStuck ? 'Pending' : 'Running',
      conditions: [{ type: 'Ready', status: isStuck ? 'False' : 'True' }],
      containerStatuses: isStuck ? [stuck] : containersOf(name).map(running),
    },
  };
};

const many = (count: number, make: (index: number) => JsonObject): readonly JsonObject[] =>
  Array.from({ length: count }, (_, index) => make(index));

const kinds: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  pods: 'Pod',
  services: 'Service',
  endpoints: 'Endpoints',
  nodes: 'Node',
  events: 'Event',
};

const collectionsAt = (nowMs: number): Readonly<Record<string, readonly JsonObject[]>> => ({
  deployments: names.map(deployment),
  pods: names.flatMap((name) => many(name === troubled ? podsOfTroubled : 1, (index) => pod(name, index))),
  services: names.map((name) => ({
    metadata: meta(name),
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  })),
  endpoints: names.map((name) => ({ metadata: meta(name), subsets: [{ addresses: [{ ip: '10.0.0.1' }] }] })),
  nodes: many(counts.nodes, (index) => ({
    metadata: { name: `node-${index}` },
    status: { conditions: [{ type: 'Ready', status: 'True' }], allocatable: { cpu: '8' } },
  })),
  events: many(counts.events, (index) => ({
    metadata: meta(`event-${index}`),
    type: 'Warning',
    reason: 'Noise',
    message: `${index} \u0007\u001b[31m ${index % 1_000 === 0 ? huge : ''}`,
    lastTimestamp: new Date(nowMs - 1_000).toISOString(),
    involvedObject: { kind: 'Pod', name: `service-${index % 1_000}-0`, namespace },
  })),
});

const matrixAt = (nowMs: number, url: URL): string => {
  const isEdge = url.searchParams.get('query')?.includes('caller') ?? false;
  const from = Number(url.searchParams.get('start'));
  const to = Number(url.searchParams.get('end'));
  const values = Array.from({ length: 8 }, (_, index) => [from + ((to - from) * index) / 8, '0.01']);
  const strange = [[nowMs / 1_000 + 3_600, '1e300'], [from, 'NaN'], [from + 1, '+Inf'], ...values, ...values];
  const result = [...names, huge].map((name, index) => ({
    metric: isEdge ? { caller: 'service-0', callee: name } : { workload: name },
    values: index % 100 === 0 ? strange : values,
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
};

const streamsAt = (nowMs: number): string => {
  const values = Array.from({ length: 60 }, (_, index) => [
    `${nowMs - 1_000 - index}000000`,
    `line ${index} ${huge.slice(0, 20_000)}\u0000`,
  ]);
  return JSON.stringify({
    status: 'success',
    data: { resultType: 'streams', result: [{ stream: { app: troubled }, values }] },
  });
};

/** A namespace beyond all measure behind the real adapters: what it was asked is counted, page by page. */
export const startLargeNamespace = async (clock: Clock) => {
  const server = await startFakeApiServer();
  const nowMs = clock.nowMs();
  const collections = collectionsAt(nowMs);
  server.script(({ path, query }) => {
    const items = collections[path.split('/').at(-1) ?? ''];
    if (items === undefined) return { status: 200, body: { kind: 'List', metadata: {}, items: [] } };
    const start = Number(query.get('continue') ?? 0);
    const end = start + Number(query.get('limit') ?? items.length);
    const metadata = end < items.length ? { continue: `${end}`, resourceVersion: '1' } : { resourceVersion: '1' };
    const plural = path.split('/').at(-1) ?? '';
    const kind = `${kinds[plural] ?? ''}List`;
    const apiVersion = kind === 'DeploymentList' ? 'apps/v1' : 'v1';
    return { status: 200, body: { apiVersion, kind, metadata, items: items.slice(start, end) } };
  });
  const asked = { metrics: [] as URL[], logs: [] as URL[] };
  const { cluster } = createKubernetes({
    kubeconfig: server.kubeconfig,
    namespaces: [namespace],
    records: createMemoryRecords(),
    clock,
    log: quietLog,
  });
  const counting =
    (list: URL[], answer: (url: URL) => string): typeof fetch =>
    async (input) => {
      const url = new URL(String(input));
      list.push(url);
      return new Response(answer(url));
    };
  const metrics = createPrometheus({
    url: 'http://metrics.test',
    rateWindowSeconds: 60,
    log: quietLog,
    fetch: counting(asked.metrics, (url) =>
      url.pathname.endsWith('query_range')
        ? matrixAt(nowMs, url)
        : JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } }),
    ),
  });
  const logs = createLoki({
    url: 'http://logs.test',
    log: quietLog,
    fetch: counting(asked.logs, () => streamsAt(nowMs)),
  });
  const changes = { since: async () => ({ outcome: 'empty', query: 'changes' }) as const };
  return { sources: { cluster, metrics, logs, changes, clock }, server, asked, close: server.close };
};
