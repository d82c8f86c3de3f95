import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/lab/cluster/kube-object.ts';
import { type Bench, createBench, namespace, webDeployment, withContainer, withSpec } from './controllers-bench.ts';

const started = (spec: object, container: object = {}): Bench => {
  const bench = createBench();
  bench.create('deployments', webDeployment(spec, container));
  bench.start();
  return bench;
};

const complaint = (bench: Bench): KubeObject | undefined =>
  bench.store.list('events', namespace).find((event) => event.reason === 'FailedScheduling');

const patchNode = (bench: Bench, name: string, spec: object): void => {
  const node = bench.store.get('nodes', '', name);
  if (node !== undefined) bench.store.update('nodes', { ...node, spec: { ...node.spec, ...spec } }, 'test');
};

const podSpec = (change: object): object => {
  const { template } = webDeployment().spec;
  return { template: { ...template, spec: { ...template.spec, ...change } } };
};

describe('the scheduler', () => {
  it('spreads the pods of one Deployment evenly over the nodes', () => {
    const bench = started({ replicas: 6 });
    bench.settle();
    const counts = new Map<string, number>();
    for (const pod of bench.pods()) counts.set(pod.spec.nodeName, (counts.get(pod.spec.nodeName) ?? 0) + 1);
    expect([...counts.values()]).toEqual([2, 2, 2]);
  });

  it('leaves a pod that asks for too much pending, says why, and places it once it asks for less', () => {
    const bench = started({ replicas: 1 }, { resources: { requests: { cpu: '64', memory: '64Mi' } } });
    bench.time.advance(7_000);
    const [pod] = bench.pods();
    const message =
      '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.';
    expect(pod?.status).toMatchObject({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
    });
    expect(complaint(bench)).toMatchObject({ type: 'Warning', message, source: { component: 'default-scheduler' } });
    expect(complaint(bench)?.count).toBeGreaterThan(1);
    bench.edit('deployments', 'web', withContainer({ resources: { requests: { cpu: '1' } } }));
    bench.settle();
  });

  it('counts what is promised already, and takes a limit for the request that is missing', () => {
    const bench = started({ replicas: 4 }, { resources: { limits: { memory: '5Gi' } } });
    bench.time.advance(5_000);
    expect(bench.pods().filter((pod) => pod.spec.nodeName !== undefined)).toHaveLength(3);
    expect(complaint(bench)?.message).toMatch(/^0\/3 nodes are available: 3 Insufficient memory\./);
  });

  it.each([
    [
      'a selector that no node satisfies',
      { nodeSelector: { disk: 'ssd' } },
      "3 node(s) didn't match Pod's node affinity/selector",
    ],
    [
      'a selector and too much memory',
      { nodeSelector: { 'kubernetes.io/hostname': 'lab-node-9' } },
      "3 node(s) didn't match Pod's node affinity/selector",
    ],
  ])('names %s', (_case, change, reason) => {
    const bench = started({ replicas: 1, ...podSpec(change) });
    bench.time.advance(1_000);
    expect(complaint(bench)?.message).toBe(
      `0/3 nodes are available: ${reason}. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.`,
    );
  });

  it('tells cordoned, tainted and full nodes apart in one sentence', () => {
    const bench = createBench();
    patchNode(bench, 'lab-node-1', { unschedulable: true });
    patchNode(bench, 'lab-node-2', { taints: [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }] });
    bench.create('deployments', webDeployment({ replicas: 1 }, { resources: { requests: { cpu: '5' } } }));
    bench.start();
    bench.time.advance(1_000);
    expect(complaint(bench)?.message).toBe(
      '0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {dedicated: batch}, 1 node(s) were unschedulable. ' +
        'preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
    );
  });

  it('lets a pod on a tainted node that tolerates the taint', () => {
    const bench = createBench();
    for (const name of ['lab-node-1', 'lab-node-2', 'lab-node-3']) {
      patchNode(bench, name, { taints: [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }] });
    }
    const tolerations = [{ key: 'dedicated', operator: 'Equal', value: 'batch', effect: 'NoSchedule' }];
    bench.create('deployments', webDeployment(podSpec({ tolerations })));
    bench.start();
    bench.settle();
  });

  it('places waiting pods when a node is uncordoned', () => {
    const bench = createBench();
    for (const name of ['lab-node-1', 'lab-node-2', 'lab-node-3']) patchNode(bench, name, { unschedulable: true });
    bench.create('deployments', webDeployment());
    bench.start();
    bench.time.advance(3_000);
    expect(bench.pods().every((pod) => pod.spec.nodeName === undefined)).toBe(true);
    patchNode(bench, 'lab-node-3', { unschedulable: false });
    bench.settle();
    expect(bench.pods().map((pod) => pod.spec.nodeName)).toEqual(['lab-node-3', 'lab-node-3']);
  });

  it('says so when there is no node at all', () => {
    const bench = createBench({ nodes: false });
    bench.create('deployments', webDeployment({ replicas: 1 }));
    bench.start();
    bench.time.advance(1_000);
    expect(complaint(bench)?.message).toBe('no nodes available to schedule pods');
  });

  it('ends a pod that no node ever took without waiting for a kubelet', () => {
    const bench = started({ replicas: 1 }, { resources: { requests: { cpu: '64' } } });
    bench.time.advance(1_000);
    bench.edit('deployments', 'web', withSpec({ replicas: 0 }));
    bench.time.advance(100);
    expect(bench.pods()).toEqual([]);
  });
});

describe('a node', () => {
  it('stands ready with room for pods and renews its lease', () => {
    const bench = createBench();
    bench.start();
    const renewed = (): string => bench.store.get('leases', 'kube-node-lease', 'lab-node-1')?.spec.renewTime;
    bench.time.advance(100);
    const first = renewed();
    bench.time.advance(20_000);
    expect(Date.parse(renewed()) - Date.parse(first)).toBe(20_000);
    const nodes = bench.store.list('nodes');
    expect(nodes).toHaveLength(3);
    for (const node of nodes) {
      expect(node.status.allocatable).toMatchObject({ pods: '110' });
      expect(node.status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    }
  });

  it('writes its heartbeat into its conditions now and then', () => {
    const bench = createBench();
    bench.start();
    bench.time.advance(400_000);
    const [condition] = bench.store.get('nodes', '', 'lab-node-1')?.status.conditions ?? [];
    expect(Date.parse(condition.lastHeartbeatTime)).toBeGreaterThan(Date.parse(condition.lastTransitionTime));
  });
});
