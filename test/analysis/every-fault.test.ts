import { describe, expect, it } from 'vitest';
import { detect } from '../../src/analysis/detect.ts';
import { detectors } from '../../src/analysis/detectors.ts';
import { readTraces } from '../../src/analysis/read-traces.ts';
import { createScene } from '../../src/analysis/scene.ts';
import type { EvidenceData } from '../../src/domain/evidence.ts';
import { disciplines, type FaultName, faultNames, faults } from '../../src/domain/fault.ts';
import { faultContexts } from '../fakes/fault-contexts.ts';
import {
  anywhere,
  event,
  failing,
  lately,
  localService,
  longAgo,
  meshWall,
  node,
  pod,
  rareFaultContexts,
  replaced,
  rollingOut,
  route,
  runsOn,
  scaler,
  withoutRoom,
} from '../fakes/rare-fault-contexts.ts';
import { change, container, contextOf, incidentAt, metric, workload } from '../fakes/synthetic-context.ts';
import { journeys } from '../fakes/traced-shop.ts';

const all = disciplines.flatMap((discipline) => detectors[discipline]);

const found = (differences: readonly EvidenceData[], without?: (data: EvidenceData) => boolean) => {
  const context = contextOf(differences, without === undefined ? {} : { without });
  return detect(createScene(context, incidentAt(undefined)), all);
};

const causes = (...parameters: Parameters<typeof found>) =>
  found(...parameters).map(({ cause }) => `${cause.fault} at ${cause.workload}`);

/** Faults that show in signals alone, where nobody measures single calls or where traces do. */
const lossyNode = [
  node({ name: 'worker-2' }),
  ...['basket', 'prices', 'vault'].map((name) => runsOn(name, name === 'vault' ? 'worker-1' : 'worker-2')),
  metric('tcp_retransmits', 'worker-2', { quiet: 0.1, now: 30 }),
  ...['basket', 'prices'].map((name) => metric('latency_p99', name, { quiet: 40, now: 900 })),
];
const byEdge = (data: EvidenceData): boolean => data.kind === 'metric' && data.edge !== undefined;
const quitting = readTraces({
  now: journeys(40, 'now', (index) => ({ givesUp: index % 3 === 0 })),
  quiet: journeys(60, 'quiet', (index) => ({ workMs: 5 + (index % 3), waitMs: 1 + (index % 2) })),
  lines: { now: [], quiet: [] },
}).data;

const signalFaults: Partial<Record<FaultName, readonly string[]>> = {
  'network-loss': causes(lossyNode, byEdge),
  'code-fault': causes(quitting, byEdge),
};

describe('every fault of the taxonomy', () => {
  const detected = new Set<FaultName>(all.map(({ fault }) => fault));
  const shown = new Set<string>([
    ...Object.keys(faultContexts),
    ...Object.keys(rareFaultContexts),
    ...Object.keys(signalFaults),
  ]);

  it.each(faultNames.filter((name) => name !== 'none'))(
    '%s has a detector that a case of its own is found by',
    (name) => {
      expect(detected).toContain(name);
      expect(shown).toContain(name);
    },
  );

  it('is looked for by the specialist that owns it', () => {
    for (const discipline of disciplines) {
      for (const { fault } of detectors[discipline])
        expect(`${fault} ${faults[fault].discipline}`).toBe(`${fault} ${discipline}`);
    }
  });

  it('includes a node that loses segments, and code that gives up', () => {
    expect(signalFaults['network-loss']).toContain('network-loss at worker-2');
    expect(signalFaults['code-fault']).toContain('code-fault at basket');
  });
});

describe('old troubles', () => {
  const old = { lastSeenAt: longAgo };

  it('a strategy that would be unsafe harms nobody while pods serve, nor when they lost their readiness without a rollout', () => {
    expect(causes([rollingOut({ ready: 2, pods: [pod('prices-7-a'), pod('prices-7-b')] })])).toEqual([]);
    const revisions = [{ revision: 1, name: 'prices-6', createdAt: longAgo, replicas: 2, ready: 0, images: [] }];
    const unready = pod('prices-6-a', { ready: false, containers: [container({ ready: false })] });
    expect(causes([rollingOut({ revisions, pods: [unready] })])).toEqual([]);
  });

  it('a safe strategy is not blamed for new pods that start slowly', () => {
    expect(
      causes([rollingOut({ strategy: { type: 'RollingUpdate', maxSurge: '25%', maxUnavailable: '25%' } })]),
    ).toEqual([]);
  });

  it('what keeps new pods from coming up is the cause, and not a strategy that nobody changed', () => {
    const held = container({ ready: false, state: 'waiting', reason: 'ImagePullBackOff' });
    const pods = [pod('prices-7-a', { ready: false, startedAt: lately, containers: [held] })];
    expect(causes([rollingOut({ pods })])).toEqual(['bad-image at prices']);
  });

  it('a preemption of long ago does not explain why a pod finds no room today', () => {
    expect(causes([withoutRoom(), event('prices-6-a', 'Preempted', old)])).toEqual(['request-too-large at prices']);
  });

  it('a preemption of a moment ago is over once all pods have their place', () => {
    expect(causes([workload('prices', { placement: anywhere }), event('prices-6-a', 'Preempted')])).toEqual([]);
  });

  it('an autoscaler that has been blind for long, and is not missed, is no cause to act upon', () => {
    const conditions = scaler().conditions.map((condition) => ({ ...condition, since: longAgo }));
    expect(found([scaler({ conditions })])[0]?.confidence).toBeLessThan(0.5);
  });

  it('an autoscaler at its bound under a load that it bears does what it was told', () => {
    const bound = { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas', since: lately };
    expect(causes([scaler({ current: 4, conditions: [bound] })])).toEqual([]);
    expect(
      causes([scaler({ current: 4, conditions: [bound] }), metric('latency_p99', 'catalog', { quiet: 40, now: 900 })]),
    ).toContain('autoscaler at catalog');
  });

  it('pods that came back to a calm namespace are no trouble any more', () => {
    expect(causes([replaced(), event('basket-6-old', 'Killing')])).toEqual([]);
  });

  it('pods that a rollout, a new size or the bot itself replaced were not killed', () => {
    for (const [path, manager] of [
      ['/spec/template/spec/containers/0/image', 'kubectl-edit'],
      ['/spec/replicas', 'kube-controller-manager'],
      ['/spec/template/metadata/annotations', 'ai4all-sre'],
    ] as const) {
      const rewritten = change('basket', path, { before: 'a', after: 'b', manager });
      expect(causes([replaced(), rewritten, ...failing('gate', 'basket')])).toEqual([]);
    }
    expect(
      causes([
        replaced({ pods: [pod('basket-6-new')] }),
        event('basket-5-x', 'Killing', old),
        ...failing('gate', 'basket'),
      ]),
    ).toEqual([]);
  });

  it('containers that were killed from outside are told from those that ran out of memory', () => {
    const ended = (reason: string) =>
      workload('basket', {}, container({ restarts: 1, lastTermination: { reason, exitCode: 137, at: lately } }));
    expect(causes([ended('Error'), ...failing('gate', 'basket')])).toEqual(['pods-killed at basket']);
    expect(causes([ended('OOMKilled'), ...failing('gate', 'basket')])).not.toContain('pods-killed at basket');
  });

  it('a busy hour, and a surge that is borne lightly, are no trouble', () => {
    const slow = metric('latency_p99', 'gate', { quiet: 40, now: 300 });
    const busy = causes([metric('request_rate', 'gate', { quiet: 40, now: 70 }), slow]);
    expect(busy).not.toContain('load-surge at gate');
    expect(causes([metric('request_rate', 'gate', { quiet: 40, now: 400 })])).toEqual([]);
  });

  it('a surge is laid on where it comes in', () => {
    const { differences } = rareFaultContexts['load-surge'];
    expect(causes(differences)).toEqual(['load-surge at gate']);
  });

  it('calls that are kept on a node with pods of both reach somebody', () => {
    expect(
      causes([localService(), runsOn('basket', 'worker-1'), runsOn('gate', 'worker-1'), ...failing('gate', 'basket')]),
    ).toEqual([]);
  });

  it('a traffic policy under which callers are well is no more than a hint', () => {
    const [hint] = found([localService(), runsOn('basket', 'worker-1'), runsOn('gate', 'worker-2')]);
    expect(hint?.cause.fault).toBe('traffic-policy');
    expect(hint?.confidence).toBeLessThan(0.5);
  });

  it('a route with a backend that was always missing explains nothing while calls arrive', () => {
    expect(found([route()])[0]?.confidence).toBeLessThan(0.5);
  });

  it('a route that was turned to another workload is found by what it named before', () => {
    const backends = [{ path: '/', service: 'catalog', port: 80, state: 'served' as const }];
    const turned = change('door', '/spec/rules/0/http/paths/0/backend/service/name', {
      before: 'gate',
      after: 'catalog',
      kind: 'Ingress',
    });
    expect(causes([route({ backends }), turned])).toEqual(['gateway-route at gate']);
    expect(causes([route({ backends: [{ service: 'gate', state: 'served' }] }), turned])).toEqual([]);
  });

  it('a mesh policy that has long admitted some is not blamed for errors of today', () => {
    expect(causes([meshWall({ createdAt: longAgo, effect: 'admits-some' }), ...failing('gate', 'basket')])).toEqual([]);
  });

  it('a mesh policy that harms nobody does its work', () => {
    expect(causes([meshWall({ createdAt: longAgo })])).toEqual([]);
  });
});
