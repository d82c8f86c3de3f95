import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { revertChange } from '../src/actions/revert-change.ts';
import { createApiServer } from '../src/adapters/kubernetes/api-server.ts';
import { createKubernetes, type Kubernetes } from '../src/adapters/kubernetes/create-kubernetes.ts';
import type { FieldChange } from '../src/domain/evidence.ts';
import type { Cause } from '../src/domain/finding.ts';
import type { JsonObject } from '../src/domain/json.ts';
import { textAt, valueAt } from '../src/domain/json-read.ts';
import type { PlanDraft } from '../src/domain/plan.ts';
import type { ObjectRef } from '../src/domain/workload.ts';
import { startCluster } from '../src/lab/cluster/cluster.ts';
import { facts } from './actions-world.ts';
import { laboratoryManifests } from './adapters/kubernetes-laboratory.ts';
import { createMemoryRecords, quickTimes, quietLog, wallClock } from './adapters/kubernetes-parts.ts';

const namespace = 'online-boutique';
const soon = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 30 });

let cluster: Awaited<ReturnType<typeof startCluster>>;
let kubernetes: Kubernetes;
let admin: ReturnType<typeof createApiServer>;

beforeAll(async () => {
  cluster = await startCluster({ nowMs: () => Date.now(), manifests: laboratoryManifests });
  admin = createApiServer({ kubeconfig: cluster.kubeconfig('admin') });
  kubernetes = createKubernetes({
    kubeconfig: cluster.kubeconfig('bot'),
    actAccount: { namespace: 'sre', name: 'ai4all-sre-act' },
    namespaces: [namespace],
    records: createMemoryRecords(),
    clock: wallClock,
    log: quietLog,
    times: quickTimes,
  });
  kubernetes.recorder.start();
  await soon(async () => {
    expect(await kubernetes.recorder.since(namespace, wallClock.now())).toMatchObject({ outcome: 'empty' });
  });
});

afterAll(async () => {
  await kubernetes.recorder.stop();
  await cluster.close();
});

const ref = (apiVersion: string, kind: string, name: string): ObjectRef => ({ apiVersion, kind, namespace, name });
const cart = ref('apps/v1', 'Deployment', 'cartservice');
const service = ref('v1', 'Service', 'cartservice');
const settings = ref('v1', 'ConfigMap', 'cart-settings');
const wall = ref('networking.k8s.io/v1', 'NetworkPolicy', 'wall');
const scaler = ref('autoscaling/v2', 'HorizontalPodAutoscaler', 'cart-scaler');
const quota = ref('v1', 'ResourceQuota', 'team');
const range = ref('v1', 'LimitRange', 'sizes');

/** As a person with kubectl does it. */
const send = async (target: ObjectRef, method: 'PATCH' | 'POST', body: JsonObject): Promise<void> => {
  const { name, ...kind } = target;
  const path = await admin.paths.of(method === 'POST' ? kind : { ...kind, name });
  const reply = await admin.connection.send({
    method,
    path: path ?? '',
    query: { fieldManager: 'kubectl-edit' },
    headers: { 'Content-Type': method === 'POST' ? 'application/json' : 'application/strategic-merge-patch+json' },
    body: method === 'POST' ? { apiVersion: target.apiVersion, kind: target.kind, metadata: { name }, ...body } : body,
  });
  expect(reply).toMatchObject({ kind: 'reply', status: method === 'POST' ? 201 : 200 });
};

const live = async (target: ObjectRef): Promise<JsonObject> => {
  const answer = await kubernetes.cluster.object(target);
  if (answer.outcome !== 'found') throw new Error(`${target.name} is ${answer.outcome}`);
  return answer.value;
};

const contentOf = (object: JsonObject) => [valueAt(object, 'spec') ?? null, valueAt(object, 'data') ?? null];

const changesSince = async (since: string, target: ObjectRef): Promise<readonly FieldChange[]> => {
  const heard = await kubernetes.recorder.since(namespace, since);
  const all = heard.outcome === 'found' ? heard.value.flatMap(({ changes }) => changes).toReversed() : [];
  return all.filter(({ object }) => object.name === target.name && object.kind === target.kind);
};

const container = (fields: JsonObject): JsonObject => ({
  spec: { template: { spec: { containers: [{ name: 'server', ...fields }] } } },
});

interface Case {
  readonly target: ObjectRef;
  readonly cause: Omit<Cause, 'workload'>;
  /** What a person made of it before, where it is not of the shop. */
  readonly made?: JsonObject;
  readonly edit: JsonObject;
  readonly risk: PlanDraft['risk'];
}

const cases: Readonly<Record<string, Case>> = {
  'a key of a ConfigMap': {
    target: settings,
    cause: { fault: 'crash-loop' },
    made: { data: { LIMIT: '10', MODE: 'safe' } },
    edit: { data: { LIMIT: 'ten' } },
    risk: 'medium',
  },
  'the selector of a Service': {
    target: service,
    cause: { fault: 'selector-drift' },
    edit: { spec: { selector: { app: 'carts' } } },
    risk: 'low',
  },
  'the target port of a Service': {
    target: service,
    cause: { fault: 'service-port' },
    edit: { spec: { ports: [{ port: 7070, targetPort: 7071 }] } },
    risk: 'low',
  },
  'the traffic policy of a Service': {
    target: service,
    cause: { fault: 'traffic-policy' },
    edit: { spec: { internalTrafficPolicy: 'Local' } },
    risk: 'low',
  },
  'the rules of a NetworkPolicy': {
    target: wall,
    cause: { fault: 'network-policy', component: 'networkpolicy wall' },
    made: { spec: { podSelector: { matchLabels: { app: 'cartservice' } }, policyTypes: ['Ingress'], ingress: [{}] } },
    edit: { spec: { ingress: [] } },
    risk: 'medium',
  },
  'the bounds of an autoscaler': {
    target: scaler,
    cause: { fault: 'autoscaler' },
    made: {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cartservice' },
        minReplicas: 1,
        maxReplicas: 6,
      },
    },
    edit: { spec: { maxReplicas: 1 } },
    risk: 'medium',
  },
  'a ResourceQuota': {
    target: quota,
    cause: { fault: 'quota-exceeded' },
    made: { spec: { hard: { pods: '50' } } },
    edit: { spec: { hard: { pods: '1' } } },
    risk: 'medium',
  },
  'a LimitRange': {
    target: range,
    cause: { fault: 'limit-range' },
    made: { spec: { limits: [{ type: 'Container', max: { cpu: '2' } }] } },
    edit: { spec: { limits: [{ type: 'Container', max: { cpu: '10m' } }] } },
    risk: 'medium',
  },
  'a variable of a Deployment': {
    target: cart,
    cause: { fault: 'wrong-address' },
    edit: container({ env: [{ name: 'REDIS_ADDR', value: 'redis-card:6379' }] }),
    risk: 'low',
  },
  'the arguments of a Deployment': {
    target: cart,
    cause: { fault: 'wrong-command' },
    edit: container({ args: ['--no-such-flag'] }),
    risk: 'low',
  },
  'a probe of a Deployment': {
    target: cart,
    cause: { fault: 'readiness-probe' },
    edit: container({ readinessProbe: { initialDelaySeconds: 900 } }),
    risk: 'low',
  },
  'the resources of a Deployment': {
    target: cart,
    cause: { fault: 'memory-limit' },
    edit: container({ resources: { requests: { memory: '16Mi' }, limits: { memory: '16Mi' } } }),
    risk: 'low',
  },
};

describe('reverting a change that the flight recorder saw', () => {
  it.each(Object.entries(cases))(
    'puts back %s, with leave of the policies',
    async (_what, { target, cause, made, edit, risk }) => {
      const since = new Date(Date.now() - 1_000).toISOString();
      if (made !== undefined) await send(target, 'POST', made);
      if (target === settings)
        await send(cart, 'PATCH', container({ envFrom: [{ configMapRef: { name: settings.name } }] }));
      await soon(async () => expect(made === undefined || (await changesSince(since, target)).length > 0).toBe(true));
      const before = await live(target);
      // What was changed within the last second, by the case before this one, is none of this one's.
      const earlier = new Set((await changesSince(since, target)).map((change) => JSON.stringify(change)));
      const news = async () =>
        (await changesSince(since, target)).filter((change) => !earlier.has(JSON.stringify(change)));
      await send(target, 'PATCH', edit);
      await soon(async () => expect(await news()).not.toEqual([]));
      const changes = (await news()).filter(({ path }) => path !== '');
      const objects = [...new Set([cart, target])].map(live);
      const draft = revertChange.draft(
        facts({ workload: 'cartservice', ...cause }, { namespace, objects: await Promise.all(objects), changes }),
      );
      expect(draft).toMatchObject({ action: 'revert-change', risk });
      const [patch] = draft?.patches ?? [];
      if (patch === undefined) throw new Error('there is no patch');
      await soon(async () => {
        const resourceVersion = textAt(await live(target), 'metadata', 'resourceVersion');
        const written = await kubernetes.writer.write(patch, {
          ...{ incidentUid: randomUUID(), actionId: randomUUID(), resourceVersion },
        });
        expect(written).toMatchObject({ kind: 'written' });
      });
      expect(contentOf(await live(target))).toEqual(contentOf(before));
    },
  );

  it('is not offered for what was hidden, and the policies leave the rest to people', async () => {
    const object = ref('v1', 'Secret', 'cart-login');
    const change: FieldChange = {
      at: wallClock.now(),
      object,
      path: '/data/password',
      before: 'hidden:1',
      after: 'hidden:2',
      manager: 'm',
    };
    const world = { namespace, objects: [await live(cart)], changes: [change] };
    expect(revertChange.draft(facts({ workload: 'cartservice', fault: 'database-credentials' }, world))).toBeNull();
    const resourceVersion = textAt(await live(scaler), 'metadata', 'resourceVersion');
    const stamp = { incidentUid: randomUUID(), actionId: randomUUID(), resourceVersion };
    for (const spec of [{ maxReplicas: 21 }, { scaleTargetRef: { kind: 'Deployment', name: 'frontend' } }]) {
      const answer = await kubernetes.writer.dryRun({ target: scaler, type: 'merge', body: { spec } }, stamp);
      expect(answer).toMatchObject({ kind: 'denied', by: 'admission' });
    }
    const version = textAt(await live(service), 'metadata', 'resourceVersion');
    const local = { target: service, type: 'merge', body: { spec: { internalTrafficPolicy: 'Local' } } } as const;
    const answer = await kubernetes.writer.dryRun(local, { ...stamp, resourceVersion: version });
    expect(answer).toMatchObject({ kind: 'denied', by: 'admission' });
  });
});
