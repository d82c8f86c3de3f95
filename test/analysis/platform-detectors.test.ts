import { describe, expect, it } from 'vitest';
import { detect } from '../../src/analysis/detect.ts';
import { kubeProxyDown } from '../../src/analysis/detect-kube-proxy-down.ts';
import { nodeDown } from '../../src/analysis/detect-node-down.ts';
import { schedulerDown } from '../../src/analysis/detect-scheduler-down.ts';
import { createScene } from '../../src/analysis/scene.ts';
import type { Context } from '../../src/domain/context.ts';
import type { Evidence, EvidenceData } from '../../src/domain/evidence.ts';
import type { NodeData } from '../../src/domain/surroundings.ts';
import { aCase, aContext } from '../fakes/cases.ts';

const at = '2026-01-05T10:00:00.000Z';

const node = (change: Partial<NodeData> = {}): NodeData => ({
  kind: 'node',
  name: 'worker-1',
  ready: true,
  unschedulable: false,
  taints: [],
  labels: {},
  allocatable: { cpu: 4 },
  conditions: [{ type: 'Ready', status: 'True' }],
  ...change,
});

const unit = (name: string, active: boolean): EvidenceData => ({ kind: 'unit', node: 'worker-1', unit: name, active });

const evidenceOf = (data: EvidenceData, index: number): Evidence => ({
  id: `E${index + 1}`,
  kind: 'object',
  subject: 'node/worker-1',
  window: { from: at, to: at },
  query: '',
  outcome: 'found',
  observation: '',
  data,
  hash: '',
});

const found = (...seen: readonly EvidenceData[]) => {
  const context: Context = { ...aContext, at, evidence: seen.map(evidenceOf) };
  return detect(createScene(context, aCase().incident), [nodeDown, kubeProxyDown, schedulerDown]).map(
    ({ cause, evidence }) => ({ ...cause, evidence }),
  );
};

describe('the detectors of what workloads stand on', () => {
  it('find nothing at a node that is well', () => {
    const heartbeatAt = '2026-01-05T09:59:55.000Z';
    expect(found(node({ heartbeatAt }), unit('kubelet', true), unit('kube-proxy', true))).toEqual([]);
  });

  it.each([
    ['kubelet', 'node-down'],
    ['containerd', 'node-down'],
    ['kube-proxy', 'kube-proxy-down'],
    ['kube-scheduler', 'scheduler-down'],
  ])('name the node whose service %s has stopped', (name, fault) => {
    expect(found(node(), unit(name, false))).toMatchObject([{ workload: 'worker-1', on: 'node', fault }]);
  });

  it('tell a silent kubelet from a dead container runtime by the words of the Ready condition', () => {
    const unready = (message: string) =>
      node({ ready: false, conditions: [{ type: 'Ready', status: 'Unknown', message }] });
    expect(found(unready('Kubelet stopped posting node status.'))).toMatchObject([{ component: 'kubelet' }]);
    expect(found(unready('container runtime is down'))).toMatchObject([{ component: 'containerd' }]);
  });

  it('see a kubelet that has stopped renewing its lease before the node is given up', () => {
    const other = node({ name: 'worker-2', heartbeatAt: at });
    expect(found(node({ heartbeatAt: '2026-01-05T09:59:10.000Z' }), other)).toMatchObject([
      { workload: 'worker-1', fault: 'node-down', component: 'kubelet', evidence: ['E1'] },
    ]);
    expect(found(node({ heartbeatAt: '2026-01-05T09:59:30.000Z' }), other)).toEqual([]);
  });

  it('take a node of which nothing is known for no trouble', () => {
    expect(found(node({ ready: false, conditions: [] }))).toEqual([]);
  });
});
