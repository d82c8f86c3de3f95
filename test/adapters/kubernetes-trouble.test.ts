import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKubernetes, type Kubernetes } from '../../src/adapters/kubernetes/create-kubernetes.ts';
import { createKyverno } from '../../src/adapters/kyverno/create-kyverno.ts';
import { textAt } from '../../src/domain/json-read.ts';
import type { Patch } from '../../src/domain/plan.ts';
import type { ObjectRef } from '../../src/domain/workload.ts';
import { startCluster } from '../../src/lab/cluster/cluster.ts';
import type { KubeObject } from '../../src/lab/cluster/kube-object.ts';
import { laboratoryManifests } from './kubernetes-laboratory.ts';
import { createMemoryRecords, quickTimes, quietLog, wallClock } from './kubernetes-parts.ts';
import { startWire, type Wire } from './kubernetes-proxy.ts';

const namespace = 'online-boutique';
const target: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'adservice' };
const scaled: Patch = { target, type: 'merge', body: { spec: { replicas: 3 } } };

let cluster: Awaited<ReturnType<typeof startCluster>>;
let wire: Wire;
let kubernetes: Kubernetes;
let records: ReturnType<typeof createMemoryRecords>;

beforeEach(async () => {
  cluster = await startCluster({ nowMs: () => Date.now(), manifests: laboratoryManifests, historyMax: 4 });
  wire = await startWire(cluster.kubeconfig('bot'));
  records = createMemoryRecords();
  kubernetes = createKubernetes({
    kubeconfig: wire.through(cluster.kubeconfig('bot')),
    actAccount: { namespace: 'sre', name: 'ai4all-sre-act' },
    namespaces: [namespace],
    records,
    clock: wallClock,
    log: quietLog,
    times: quickTimes,
  });
});

afterEach(async () => {
  await kubernetes.recorder.stop();
  await wire.close();
  await cluster.close();
});

const soon = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

/** Starts the recorder and waits until it has seen everything once. */
const record = async (): Promise<void> => {
  kubernetes.recorder.start();
  await soon(async () => {
    expect(await kubernetes.recorder.since(namespace, wallClock.now())).toMatchObject({ outcome: 'empty' });
  });
};

const stored = (name: string): KubeObject => {
  const object = cluster.store.get('deployments', namespace, name);
  if (object === undefined) throw new Error(`there is no ${name}`);
  return object;
};

/** Changes a Deployment inside the server, as somebody whose connection stands. */
const scaleInside = (name: string, replicas: number): void => {
  const object = stored(name);
  cluster.store.update('deployments', { ...object, spec: { ...object.spec, replicas } }, 'kubectl-edit');
};

const stamp = () => ({
  incidentUid: randomUUID(),
  actionId: randomUUID(),
  resourceVersion: stored('adservice').metadata.resourceVersion ?? '',
});

const recordedFor = (name: string) =>
  records.all.flatMap(({ changes }) => changes).filter(({ object }) => object.name === name);

describe('writing in trouble', () => {
  it('does not know a write whose reply was lost, finds it by reading back, and cannot do it twice', async () => {
    const ours = stamp();
    const stop = cluster.store.watch(({ object }) => {
      if (textAt({ ...object.metadata.annotations }, 'sre.ai4all.dev/action-id') === ours.actionId) wire.cut();
    });
    expect(await kubernetes.writer.write(scaled, ours)).toMatchObject({ kind: 'lost' });
    stop();
    expect(await kubernetes.writer.readBack(target, ours.actionId)).toMatchObject({
      kind: 'ours',
      object: { spec: { replicas: 3 } },
    });
    expect(await kubernetes.writer.write(scaled, ours)).toEqual({ kind: 'conflict' });
  });

  it('says that nobody can be reached, and that the write is not known, while the wire is unplugged', async () => {
    wire.unplug();
    expect(await kubernetes.writer.dryRun(scaled, stamp())).toMatchObject({ kind: 'unreachable' });
    expect(await kubernetes.writer.write(scaled, stamp())).toMatchObject({ kind: 'lost' });
    expect(await kubernetes.writer.readBack(target, 'a')).toMatchObject({ kind: 'unreachable' });
    expect(stored('adservice').spec.replicas).toBe(1);
  });

  it('hears a definite no while Kyverno is away, because the server fails closed', async () => {
    cluster.setKyverno(false);
    const ours = stamp();
    const denial = { kind: 'denied', by: 'unguarded', message: expect.stringContaining('failed calling webhook') };
    expect(await kubernetes.writer.dryRun(scaled, ours)).toMatchObject(denial);
    expect(await kubernetes.writer.write(scaled, ours)).toMatchObject(denial);
  });

  it('leaves its name, the incident and the rehearsal in the audit log', async () => {
    const ours = stamp();
    await kubernetes.writer.dryRun(scaled, ours);
    await kubernetes.writer.write(scaled, ours);
    const patches = cluster.auditEvents().filter((event) => event.verb === 'patch');
    expect(new Set(patches.map((event) => event.auditID))).toEqual(
      new Set([`${ours.incidentUid}.${ours.actionId}.dry`, `${ours.incidentUid}.${ours.actionId}`]),
    );
  });
});

describe('the flight recorder in trouble', () => {
  it('goes on after its connections are cut', async () => {
    await record();
    for (const replicas of [2, 3, 4]) {
      wire.cut();
      scaleInside('adservice', replicas);
      await soon(() => {
        expect(recordedFor('adservice').at(-1)).toMatchObject({ path: '/spec/replicas', after: replicas });
      });
    }
    expect(recordedFor('adservice').map(({ before, after }) => [before, after])).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  });

  it('sees after an outage what was changed, created and deleted in it, and says meanwhile that it cannot see', async () => {
    await record();
    wire.unplug();
    scaleInside('adservice', 5);
    const copied = { ...stored('emailservice').metadata, name: 'newcomer' };
    const { uid: _uid, resourceVersion: _version, ...metadata } = copied;
    cluster.store.create('deployments', { ...stored('emailservice'), metadata }, 'kubectl-create');
    cluster.store.remove('deployments', namespace, 'emailservice');
    await soon(async () => {
      expect(await kubernetes.recorder.since(namespace, wallClock.now())).toMatchObject({ outcome: 'unreachable' });
    });
    for (const replicas of [2, 3, 4, 5, 6]) scaleInside('shippingservice', replicas); // more than the server remembers
    wire.plug();
    await soon(() => {
      expect(recordedFor('shippingservice')).toMatchObject([{ before: 1, after: 6 }]);
      expect(recordedFor('adservice')).toMatchObject([{ before: 1, after: 5, manager: 'kubectl-edit' }]);
      expect(recordedFor('newcomer')).toMatchObject([{ path: '', manager: 'kubectl-create' }]);
      expect(recordedFor('emailservice')).toMatchObject([{ path: '', before: { spec: { replicas: 1 } } }]);
    });
    await soon(async () => {
      expect(await kubernetes.recorder.since(namespace, '2020')).toMatchObject({ outcome: 'found' });
      expect(kubernetes.recorder.troubles()).toHaveLength(1);
    });
  });

  it('does not pretend to know anything before its first look', async () => {
    wire.unplug();
    kubernetes.recorder.start();
    expect(await kubernetes.recorder.since(namespace, '2020')).toMatchObject({ outcome: 'unreachable' });
  });

  it('keeps changes that could not be stored until the store is well again', async () => {
    const { put } = records;
    let isBroken = true;
    Object.assign(records, {
      put: async (changes: Parameters<typeof put>[0]) => {
        if (isBroken) throw new Error('disk full');
        await put(changes);
      },
    });
    await record();
    scaleInside('adservice', 2);
    scaleInside('adservice', 3);
    await soon(() => expect(cluster.store.get('deployments', namespace, 'adservice')?.spec.replicas).toBe(3));
    isBroken = false;
    scaleInside('adservice', 4);
    await soon(() => expect(recordedFor('adservice').map(({ after }) => after)).toEqual([2, 3, 4]));
  });
});

describe('Kyverno in trouble', () => {
  const policies = () => createKyverno({ list: kubernetes.list }).policies();

  it('is not there when its webhook is not asked about Deployments, however many policies there are', async () => {
    expect(await policies()).toMatchObject({ outcome: 'found' });
    for (const { metadata } of cluster.store.list('validatingwebhookconfigurations')) {
      cluster.store.remove('validatingwebhookconfigurations', '', metadata.name);
    }
    expect(await policies()).toMatchObject({ outcome: 'empty' });
  });

  it('is not there when it has no policy', async () => {
    for (const { metadata } of cluster.store.list('validatingpolicies')) {
      cluster.store.remove('validatingpolicies', '', metadata.name);
    }
    expect(await policies()).toMatchObject({ outcome: 'empty' });
  });

  it('cannot be told when the server cannot be reached', async () => {
    wire.unplug();
    expect(await policies()).toMatchObject({ outcome: 'unreachable' });
  });
});
