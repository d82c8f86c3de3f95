import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKubernetes, type Kubernetes } from '../../src/adapters/kubernetes/create-kubernetes.ts';
import type { FieldChange } from '../../src/domain/evidence.ts';
import { startCluster } from '../../src/lab/cluster/cluster.ts';
import { bootNodes } from '../../src/lab/cluster/controllers/boot-nodes.ts';
import type { KubeObject } from '../../src/lab/cluster/kube-object.ts';
import { laboratoryManifests } from './kubernetes-laboratory.ts';
import { createMemoryRecords, quickTimes, quietLog, wallClock } from './kubernetes-parts.ts';

const namespace = 'online-boutique';
const key = 'a key that outlives the process';

let cluster: Awaited<ReturnType<typeof startCluster>>;
let records: ReturnType<typeof createMemoryRecords>;
let running: Kubernetes[];

beforeEach(async () => {
  cluster = await startCluster({ nowMs: () => Date.now(), manifests: laboratoryManifests });
  bootNodes(cluster.store);
  records = createMemoryRecords();
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map(({ recorder }) => recorder.stop()));
  await cluster.close();
});

const soon = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

/** A bot that begins to watch, as after a start of its process; ready when it has seen everything once. */
const begin = async (who: 'bot' | 'admin' = 'bot', digestKey = key): Promise<Kubernetes> => {
  const kubernetes = createKubernetes({
    kubeconfig: cluster.kubeconfig(who),
    namespaces: [namespace],
    records,
    clock: wallClock,
    log: quietLog,
    times: quickTimes,
    digestKey,
  });
  running.push(kubernetes);
  kubernetes.recorder.start();
  await soon(() => expect(kubernetes.recorder.troubles().filter((one) => !one.includes('403'))).toEqual([]));
  return kubernetes;
};

const stored = (plural: string, name: string, place = namespace): KubeObject => {
  const object = cluster.store.get(plural, place, name);
  if (object === undefined) throw new Error(`there is no ${name}`);
  return object;
};

/** Changes an object inside the server, as somebody did while the bot was away. */
const rewrite = (plural: string, name: string, spec: Record<string, unknown>, place = namespace): void => {
  const object = stored(plural, name, place);
  cluster.store.update(plural, { ...object, spec: { ...object.spec, ...spec } }, 'kubectl-edit');
};

const create = (plural: string, object: Omit<KubeObject, 'metadata'>, name: string): void => {
  cluster.store.create(plural, { ...object, metadata: { name, namespace } } as KubeObject, 'kubectl-create');
};

const told = (name: string): readonly FieldChange[] =>
  records.all.flatMap(({ changes }) => changes).filter(({ object }) => object.name === name);

describe('what changed while nobody watched', () => {
  it('is found by comparing after a restart, with its author where the object still tells, and between which times it was', async () => {
    const first = await begin();
    await first.recorder.stop();
    const stoppedAt = wallClock.now();
    rewrite('deployments', 'adservice', { replicas: 4 });
    cluster.store.remove('services', namespace, 'emailservice');
    create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } } as never, 'newcomer');
    await begin();
    await soon(() => expect(told('newcomer')).toHaveLength(1));
    expect(told('adservice')).toEqual([
      expect.objectContaining({ path: '/spec/replicas', before: 1, after: 4, manager: 'kubectl-edit' }),
    ]);
    expect(told('emailservice')).toMatchObject([{ path: '', manager: 'unknown', before: { spec: {} } }]);
    expect(told('newcomer')).toMatchObject([{ path: '', after: { data: { a: '1' } } }]);
    for (const { unwatchedSince = '', at } of ['adservice', 'emailservice', 'newcomer'].flatMap(told)) {
      expect(unwatchedSince <= stoppedAt).toBe(true);
      // The server keeps whole seconds of what it was told.
      expect(Date.parse(at) >= Date.parse(unwatchedSince) - 1_000).toBe(true);
    }
  });

  it('is by nobody that is known when a field went away', async () => {
    const first = await begin();
    await first.recorder.stop();
    const { spec, ...rest } = stored('services', 'cartservice');
    const { selector: _gone, ...left } = spec as Record<string, unknown>;
    cluster.store.update('services', { ...rest, spec: left } as KubeObject, 'kubectl-edit');
    await begin();
    await soon(() =>
      expect(told('cartservice')).toMatchObject([
        { path: '/spec/selector', manager: 'unknown', before: { app: 'cartservice' } },
      ]),
    );
  });

  it('is not told again when it was recorded before the process was killed', async () => {
    const first = await begin();
    await first.recorder.stop();
    const before = await records.sightings.get(`apps/v1 Deployment ${namespace}`);
    if (before === null) throw new Error('nothing was kept');
    const second = await begin();
    rewrite('deployments', 'adservice', { replicas: 3 });
    await soon(() => expect(told('adservice')).toHaveLength(1));
    await second.recorder.stop();
    await records.sightings.put(`apps/v1 Deployment ${namespace}`, before); // the kill came before it was kept
    rewrite('deployments', 'cartservice', { replicas: 5 });
    await begin();
    await soon(() => expect(told('cartservice')).toMatchObject([{ path: '/spec/replicas', after: 5 }]));
    expect(told('adservice')).toHaveLength(1);
  });

  it('is nothing when nothing changed', async () => {
    const first = await begin();
    await first.recorder.stop();
    const second = await begin();
    expect(await second.recorder.since(namespace, wallClock.now())).toMatchObject({ outcome: 'empty' });
    expect(records.all).toEqual([]);
  });
});

describe('the flight recorder', () => {
  it('says since when it has watched when it is asked about the time before', async () => {
    const first = await begin();
    const before = '2020-01-01T00:00:00.000Z';
    const answer = await first.recorder.since(namespace, before);
    expect(answer).toMatchObject({
      outcome: 'empty',
      caveat: expect.stringMatching(/has watched since .*; what was changed before is not known/),
    });
    const now = wallClock.now();
    expect(await first.recorder.since(namespace, now)).not.toHaveProperty('caveat');
    // A restart does not begin the story anew.
    await first.recorder.stop();
    const second = await begin();
    expect(await second.recorder.since(namespace, now)).not.toHaveProperty('caveat');
  });

  it('sees limit ranges, and nodes, which belong to every namespace', async () => {
    const { recorder } = await begin();
    const limits = [{ type: 'Container', max: { cpu: '1' } }];
    create('limitranges', { apiVersion: 'v1', kind: 'LimitRange', spec: { limits } }, 'team');
    await soon(() => expect(told('team')).toHaveLength(1));
    rewrite('limitranges', 'team', { limits: [{ type: 'Container', max: { cpu: '100m' } }] });
    const [node] = cluster.store.list('nodes');
    const name = node?.metadata.name ?? '';
    rewrite('nodes', name, { unschedulable: true }, '');
    await soon(async () => {
      const answer = await recorder.since(namespace, '2020');
      const found = answer.outcome === 'found' ? answer.value.flatMap(({ changes }) => changes) : [];
      expect(found).toContainEqual(
        expect.objectContaining({
          path: '/spec/limits/0/max/cpu',
          before: '1',
          after: '100m',
          manager: 'kubectl-edit',
        }),
      );
      expect(found).toContainEqual(
        expect.objectContaining({
          path: '/spec/unschedulable',
          after: true,
          object: { apiVersion: 'v1', kind: 'Node', name },
        }),
      );
    });
  });

  it('shows that a Secret changed, over a restart too, and keeps nothing of what it holds', async () => {
    const content = (word: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      data: { password: word, user: 'YWRhCg==' },
    });
    create('secrets', content('aHVudGVyMg==') as never, 'vault-login');
    const first = await begin('admin');
    await first.recorder.stop();
    const object = stored('secrets', 'vault-login');
    cluster.store.update(
      'secrets',
      { ...object, ...content('Y29ycmVjdA=='), metadata: object.metadata } as never,
      'kubectl-edit',
    );
    await (await begin('admin')).recorder.stop();
    expect(told('vault-login')).toMatchObject([{ path: '/data/password', manager: 'kubectl-edit' }]);
    const kept = JSON.stringify([records.all, await records.sightings.get(`v1 Secret ${namespace}`)]);
    expect(kept).toContain('vault-login');
    for (const secret of ['aHVudGVyMg==', 'Y29ycmVjdA==', 'YWRhCg==']) expect(kept).not.toContain(secret);
  });

  it('takes nothing for changed because values were hidden by another key', async () => {
    create(
      'secrets',
      { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', data: { a: 'YQ==' } } as never,
      'vault-login',
    );
    await (await begin('admin')).recorder.stop();
    await (await begin('admin', 'another key')).recorder.stop();
    expect(records.all).toEqual([]);
  });
});
