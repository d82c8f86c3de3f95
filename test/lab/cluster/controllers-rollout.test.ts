import { describe, expect, it, vi } from 'vitest';
import { bootNodes } from '../../../src/lab/cluster/controllers/boot-nodes.ts';
import { settled } from '../../../src/lab/cluster/controllers/settled.ts';
import { startControllers } from '../../../src/lab/cluster/controllers/start-controllers.ts';
import { createKubeStore } from '../../../src/lab/cluster/create-kube-store.ts';
import type { KubeObject } from '../../../src/lab/cluster/kube-object.ts';
import { type Bench, createBench, namespace, webDeployment, withContainer, withSpec } from './controllers-bench.ts';

const running = (spec: object = {}): Bench => {
  const bench = createBench();
  bench.create('deployments', webDeployment(spec));
  bench.start();
  bench.settle();
  return bench;
};

const uids = (bench: Bench): readonly string[] => bench.livePods().map((pod) => pod.metadata.uid ?? '');
const firstImage = 'web:v1';

describe('a rollout', () => {
  it('brings a new Deployment to ready pods and tells so in its status, conditions and events', () => {
    const bench = running();
    const deployment = bench.get('deployments', 'web');
    const set = bench.store.list('replicasets', namespace)[0];
    expect(deployment.status).toMatchObject({
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
    });
    expect(deployment.status).not.toHaveProperty('unavailableReplicas');
    expect(bench.conditions('web')).toEqual({
      Available: 'True MinimumReplicasAvailable',
      Progressing: 'True NewReplicaSetAvailable',
    });
    expect(deployment.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('1');
    expect(bench.events('web')).toEqual([
      `Normal ScalingReplicaSet Scaled up replica set ${set?.metadata.name} from 0 to 2`,
    ]);
    for (const pod of bench.pods()) {
      expect(pod.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      expect(pod.metadata.ownerReferences?.[0]).toMatchObject({ kind: 'ReplicaSet', uid: set?.metadata.uid });
      expect(bench.events(set?.metadata.name ?? '')).toContain(
        `Normal SuccessfulCreate Created pod: ${pod.metadata.name}`,
      );
    }
    expect(bench.trouble).toEqual([]);
  });

  it('never has fewer available pods than it may while a new image replaces the old', () => {
    const bench = running({ replicas: 4 });
    bench.edit('deployments', 'web', withContainer({ image: 'web:v2' }));
    let fewest = 4;
    let most = 0;
    bench.until('the new image is everywhere', () => {
      const ready = bench.replicaSets().reduce((sum, set) => sum + set.ready, 0);
      fewest = Math.min(fewest, ready);
      most = Math.max(most, bench.livePods().length);
      return bench.replicaSets().some((set) => set.image === 'web:v2' && set.ready === 4);
    });
    // A quarter of four: one above, one below.
    expect(fewest).toBeGreaterThanOrEqual(3);
    expect(most).toBe(5);
    bench.settle();
    expect(bench.replicaSets()).toEqual([
      { image: firstImage, wanted: 0, ready: 0, revision: 1 },
      { image: 'web:v2', wanted: 4, ready: 4, revision: 2 },
    ]);
  });

  it('with an image that is not there leaves the old pods serving, and says that it is stuck', () => {
    const bench = running();
    const before = uids(bench);
    bench.edit('deployments', 'web', withContainer({ image: 'web:broken' }));
    bench.until('the new pod is in back-off', () =>
      bench.pods().some((pod) => pod.status.containerStatuses?.[0].state.waiting?.reason === 'ImagePullBackOff'),
    );
    expect(bench.replicaSets()).toEqual([
      { image: firstImage, wanted: 2, ready: 2, revision: 1 },
      { image: 'web:broken', wanted: 1, ready: 0, revision: 2 },
    ]);
    expect(bench.conditions('web')).toEqual({
      Available: 'True MinimumReplicasAvailable',
      Progressing: 'True ReplicaSetUpdated',
    });
    expect(bench.get('deployments', 'web').status).toMatchObject({
      replicas: 3,
      updatedReplicas: 1,
      readyReplicas: 2,
      unavailableReplicas: 1,
    });
    bench.time.advance(45_000);
    expect(bench.conditions('web')).toMatchObject({ Progressing: 'False ProgressDeadlineExceeded' });
    expect(uids(bench)).toEqual(expect.arrayContaining([...before]));
  });

  it('is undone by the old template: the old ReplicaSet comes back under the next revision', () => {
    const bench = running();
    const before = uids(bench);
    bench.edit('deployments', 'web', withContainer({ image: 'web:broken' }));
    bench.time.advance(45_000);
    bench.edit('deployments', 'web', withContainer({ image: firstImage }));
    bench.settle();
    expect(bench.replicaSets()).toEqual([
      { image: 'web:broken', wanted: 0, ready: 0, revision: 2 },
      { image: firstImage, wanted: 2, ready: 2, revision: 3 },
    ]);
    expect(uids(bench)).toEqual(before);
    const set = bench.store.list('replicasets', namespace).find((candidate) => candidate.spec.replicas === 2);
    expect(set?.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
    expect(bench.get('deployments', 'web').metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
    expect(bench.conditions('web')).toMatchObject({ Progressing: 'True NewReplicaSetAvailable' });
  });

  it('keeps as many old revisions as the history limit says', () => {
    const bench = running({ revisionHistoryLimit: 2 });
    for (const tag of ['v2', 'v3', 'v4', 'v5']) {
      bench.edit('deployments', 'web', withContainer({ image: `web:${tag}` }));
      bench.settle();
    }
    expect(bench.replicaSets().map((set) => [set.revision, set.image, set.wanted])).toEqual([
      [3, 'web:v3', 0],
      [4, 'web:v4', 0],
      [5, 'web:v5', 2],
    ]);
  });

  it('after a restart annotation has replaced every pod by one of the same image', () => {
    const bench = running();
    const before = uids(bench);
    bench.edit('deployments', 'web', (deployment) => {
      const { metadata, spec } = deployment.spec.template;
      const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-03-01T10:01:00Z' };
      return withSpec({ template: { metadata: { ...metadata, annotations }, spec } })(deployment);
    });
    bench.settle();
    expect(bench.livePods()).toHaveLength(2);
    expect(uids(bench).filter((uid) => before.includes(uid))).toEqual([]);
    expect(bench.replicaSets().map((set) => [set.image, set.revision])).toEqual([
      [firstImage, 1],
      [firstImage, 2],
    ]);
  });

  it('waits while the Deployment is paused, though its size may change, and goes on when it is resumed', () => {
    const bench = running();
    bench.edit('deployments', 'web', withSpec({ paused: true }));
    bench.time.advance(500);
    bench.edit('deployments', 'web', withContainer({ image: 'web:v2' }));
    bench.edit('deployments', 'web', withSpec({ replicas: 3 }));
    bench.time.advance(20_000);
    expect(bench.replicaSets()).toEqual([{ image: firstImage, wanted: 3, ready: 3, revision: 1 }]);
    expect(bench.conditions('web')).toMatchObject({ Progressing: 'Unknown DeploymentPaused' });
    bench.edit('deployments', 'web', withSpec({ paused: false }));
    bench.settle();
    expect(bench.replicaSets().at(-1)).toEqual({ image: 'web:v2', wanted: 3, ready: 3, revision: 2 });
  });

  it('of strategy Recreate starts no new pod before the last old one is gone', () => {
    const bench = running({ strategy: { type: 'Recreate' } });
    bench.edit('deployments', 'web', withContainer({ image: 'web:v2' }));
    let mixed = false;
    bench.until('the new image is everywhere', () => {
      mixed ||= new Set(bench.pods().map((pod) => pod.spec.containers[0].image)).size > 1;
      return bench.replicaSets().some((set) => set.image === 'web:v2' && set.ready === 2);
    });
    expect(mixed).toBe(false);
  });

  it('counts a pod as available only after it was ready for minReadySeconds', () => {
    const bench = createBench();
    bench.create('deployments', webDeployment({ minReadySeconds: 5 }));
    bench.start();
    bench.until('both pods are ready', () => bench.get('deployments', 'web').status?.readyReplicas === 2);
    expect(bench.get('deployments', 'web').status.availableReplicas).toBeUndefined();
    bench.settle();
    expect(bench.get('deployments', 'web').status.availableReplicas).toBe(2);
  });
});

describe('scaling', () => {
  it('to zero ends every pod with grace, and back brings them up again, without a new revision', () => {
    const bench = running();
    bench.edit('deployments', 'web', withSpec({ replicas: 0 }));
    bench.time.advance(100);
    expect(bench.pods().map((pod) => pod.metadata.deletionTimestamp !== undefined)).toEqual([true, true]);
    bench.settle();
    expect(bench.pods()).toEqual([]);
    const set = bench.store.list('replicasets', namespace)[0]?.metadata.name;
    expect(bench.events('web')).toContain(`Normal ScalingReplicaSet Scaled down replica set ${set} from 2 to 0`);
    expect(bench.get('deployments', 'web').status).not.toHaveProperty('replicas');
    bench.edit('deployments', 'web', withSpec({ replicas: 2 }));
    bench.settle();
    expect(bench.replicaSets()).toEqual([{ image: firstImage, wanted: 2, ready: 2, revision: 1 }]);
  });

  it('gives up pods that are not ready before those that serve', () => {
    const bench = createBench();
    bench.judgeBy((pod) => ({ kind: 'runs', readyAfterMs: pod.spec.nodeName === 'lab-node-2' ? null : 300 }));
    bench.create('deployments', webDeployment({ replicas: 3 }));
    bench.start();
    bench.until('two of three are ready', () => bench.get('deployments', 'web').status?.readyReplicas === 2);
    bench.edit('deployments', 'web', withSpec({ replicas: 2 }));
    bench.settle();
    expect(
      bench
        .livePods()
        .map((pod) => pod.spec.nodeName)
        .sort(),
    ).toEqual(['lab-node-1', 'lab-node-3']);
  });

  it('replaces a pod that somebody deletes', () => {
    const bench = running();
    const [victim] = bench.pods();
    bench.store.remove('pods', namespace, victim?.metadata.name ?? '');
    bench.settle();
    expect(bench.livePods()).toHaveLength(2);
    expect(uids(bench)).not.toContain(victim?.metadata.uid);
  });

  it('of a Deployment in mid-rollout keeps its ReplicaSets in proportion', () => {
    const bench = running({ replicas: 4 });
    bench.edit('deployments', 'web', withContainer({ image: 'web:broken' }));
    bench.time.advance(5_000);
    bench.edit('deployments', 'web', withSpec({ replicas: 8 }));
    bench.time.advance(5_000);
    const [old, stuck] = bench.replicaSets();
    expect(old).toMatchObject({ image: firstImage, ready: 6 });
    expect((old?.wanted ?? 0) + (stuck?.wanted ?? 0)).toBe(10);
  });
});

describe('ownership', () => {
  it('takes the pods of a deleted Deployment away', () => {
    const bench = running();
    bench.store.remove('deployments', namespace, 'web');
    bench.time.advance(15_000);
    expect(bench.store.list('replicasets', namespace)).toEqual([]);
    expect(bench.pods()).toEqual([]);
  });

  it('lets go of a pod that is relabelled, makes another in its place, and takes it back with its label', () => {
    const bench = running();
    const name = bench.pods()[0]?.metadata.name ?? '';
    const relabel = (app: string): KubeObject =>
      bench.edit('pods', name, (pod) => ({
        ...pod,
        metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, app } },
      }));
    relabel('quarantined');
    bench.settle();
    expect(bench.get('pods', name).metadata.ownerReferences).toEqual([]);
    expect(bench.livePods()).toHaveLength(2);
    relabel('web');
    bench.time.advance(15_000);
    expect(bench.livePods()).toHaveLength(2);
    const held = bench.livePods().map((pod) => pod.metadata.ownerReferences?.[0]?.kind);
    expect(held).toEqual(['ReplicaSet', 'ReplicaSet']);
  });

  it('goes on with the ReplicaSet and the pods of a Deployment that was deleted alone and came again', () => {
    const bench = running();
    const before = uids(bench);
    const set = bench.store.list('replicasets', namespace)[0];
    const name = set?.metadata.name ?? '';
    bench.edit('replicasets', name, (object) => ({ ...object, metadata: { ...object.metadata, ownerReferences: [] } }));
    bench.store.remove('deployments', namespace, 'web');
    bench.create('deployments', webDeployment());
    bench.settle();
    expect(bench.replicaSets()).toHaveLength(1);
    expect(uids(bench)).toEqual(before);
  });

  it('refuses pods of a ServiceAccount that is not there, and makes them once it is', () => {
    const bench = createBench();
    const { spec } = webDeployment();
    const template = { ...spec.template, spec: { ...spec.template.spec, serviceAccountName: 'web' } };
    bench.create('deployments', webDeployment({ template }));
    bench.start();
    bench.time.advance(3_000);
    const set = bench.store.list('replicasets', namespace)[0]?.metadata.name ?? '';
    expect(bench.events(set)).toEqual([
      `Warning FailedCreate Error creating: pods "${set}-" is forbidden: error looking up service account ${namespace}/web: serviceaccount "web" not found`,
    ]);
    bench.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web', namespace } });
    bench.settle();
    expect(bench.livePods()).toHaveLength(2);
  });

  it('gives each namespace its default ServiceAccount', () => {
    const bench = running();
    expect(bench.get('serviceaccounts', 'default').kind).toBe('ServiceAccount');
  });
});

describe('controllers on the wall clock', () => {
  it('roll out without anybody moving time, and rest once they are stopped', async () => {
    const store = createKubeStore({ now: Date.now });
    bootNodes(store);
    store.create('deployments', webDeployment(), 'test');
    const controllers = startControllers({
      store,
      judge: { judge: () => ({ kind: 'runs', readyAfterMs: 20 }) },
      nowMs: Date.now,
      timings: { imagePullMsMin: 5, imagePullMsMax: 20, schedulingMs: 5 },
    });
    await vi.waitFor(() => expect(settled(store, namespace)).toBe(true), { timeout: 10_000 });
    controllers.stop();
    const revision = store.revision();
    store.create('deployments', { ...webDeployment(), metadata: { name: 'late', namespace } }, 'test');
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.revision()).toBe(revision + 1);
  });
});
