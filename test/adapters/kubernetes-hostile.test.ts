import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsFrom } from '../../src/adapters/kubernetes/event-data.ts';
import { podStateOf } from '../../src/adapters/kubernetes/pod-state.ts';
import { servicesFrom } from '../../src/adapters/kubernetes/service-data.ts';
import { nodeDataOf, quotaDataOf } from '../../src/adapters/kubernetes/surroundings.ts';
import { topologyFrom } from '../../src/adapters/kubernetes/topology.ts';
import { workloadsFrom } from '../../src/adapters/kubernetes/workload-data.ts';
import { boundedData } from '../../src/analysis/bound-data.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';
import { limits } from '../../src/limits.ts';
import { service, workload } from '../actions-world.ts';

const since = '2026-11-22T12:00:00.000Z';
const known = [
  ...['metadata', 'spec', 'status', 'name', 'namespace', 'uid', 'labels', 'selector', 'matchLabels', 'template'],
  ...[
    'containers',
    'initContainers',
    'containerStatuses',
    'conditions',
    'type',
    'message',
    'reason',
    'state',
    'lastState',
  ],
  ...[
    'terminated',
    'waiting',
    'exitCode',
    'env',
    'value',
    'valueFrom',
    'envFrom',
    'ports',
    'port',
    'targetPort',
    'subsets',
  ],
  ...[
    'addresses',
    'involvedObject',
    'kind',
    'lastTimestamp',
    'count',
    'series',
    'resources',
    'limits',
    'cpu',
    'hard',
    'used',
  ],
  ...['ownerReferences', 'affinity', 'taints', 'allocatable', 'readinessProbe', 'httpGet', '__proto__', 'constructor'],
];

/** JSON of any shape whose keys are those that readers look for, so that they meet every wrong type at every place. */
const { json } = fc.letrec<{ readonly json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.constantFrom<Json>(
      null,
      true,
      0,
      -1,
      1e308,
      '',
      'app',
      'Deployment',
      '2026-11-22T12:00:01Z',
      'not a time',
      '-5Ki',
    ),
    fc.string({ unit: 'binary' }),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...known), tie('json'), { maxKeys: 6 }),
  ),
}));
const object = fc.dictionary(fc.constantFrom(...known), json, { maxKeys: 8 }) as fc.Arbitrary<JsonObject>;
const objects = fc.array(object, { maxLength: 4 });

describe('objects that no API server would hold', () => {
  it('are read without an exception', () => {
    fc.assert(
      fc.property(objects, objects, objects, (some, others, more) => {
        const typed = some.map((each, index) => ({ ...each, kind: ['Deployment', 'DaemonSet'][index % 2] ?? '' }));
        const workloads = workloadsFrom({ workloads: typed, replicaSets: others, pods: more });
        servicesFrom({ services: others, endpoints: more, workloads: typed, changes: [] });
        topologyFrom({ namespace: 'shop', workloads: typed, services: others, configMaps: more });
        for (const each of more) {
          podStateOf(each);
          nodeDataOf(each);
          quotaDataOf(each);
        }
        expect(eventsFrom(more, since).length).toBeLessThanOrEqual(more.length);
        for (const data of workloads) expect(() => JSON.stringify(boundedData(data))).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });

  it('become events of a bounded number and length, however many there are and whenever they say they were', () => {
    const many = Array.from({ length: 30_000 }, (_, index) => ({
      type: 'Warning',
      reason: 'Noise',
      message: `${index} ${'\u0000x'.repeat(2_000)}`,
      lastTimestamp:
        ['2026-11-22T12:00:01Z', 'garbage', '9999-12-31T23:59:59Z', '1970-01-01T00:00:00Z'][index % 4] ?? '',
      involvedObject: { kind: 'Pod', name: `p-${index % 7}` },
    }));
    const events = eventsFrom(many, since);
    expect(events).toHaveLength(200);
    for (const { message } of events) expect(message.length).toBeLessThanOrEqual(limits.logLineCharsMax);
  });
});

describe('a Service among thousands', () => {
  const crowd = Array.from({ length: 3_000 }, (_, index) =>
    workload({ name: `w-${index}`, labels: { app: `w-${index}`, tier: 'web' } }),
  );

  it('finds the workloads whose labels all match, in their order, and none with an empty selector', () => {
    const services = [
      service('w-7', { app: 'w-7', tier: 'web' }),
      service('all', { tier: 'web' }),
      service('drifted', { app: 'w-7', tier: 'batch' }),
      service('none', {}),
    ];
    const told = servicesFrom({ services, endpoints: [], workloads: crowd, changes: [] });
    expect(told.map(({ matches }) => matches.length)).toEqual([1, 3_000, 0, 0]);
    expect(told[0]).toMatchObject({ matches: ['w-7'], expected: ['w-7'] });
    expect(told[1]?.matches.slice(0, 2)).toEqual(['w-0', 'w-1']);
    expect(told.map(({ expected }) => expected)).toEqual([['w-7'], [], [], []]);
  });
});
