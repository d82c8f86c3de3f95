import { describe, expect, it } from 'vitest';
import { type Bench, createBench, namespace, webDeployment, withContainer, withSpec } from './controllers-bench.ts';

const create = (bench: Bench, plural: string, kind: string, name: string, content: object) =>
  bench.create(plural, { apiVersion: 'v1', kind, metadata: { name, namespace }, ...content });

const quota = (bench: Bench, hard: object) =>
  create(bench, 'resourcequotas', 'ResourceQuota', 'team', { spec: { hard } });

const range = (bench: Bench, limit: object) =>
  create(bench, 'limitranges', 'LimitRange', 'bounds', { spec: { limits: [{ type: 'Container', ...limit }] } });

const failure = (bench: Bench): string | undefined =>
  bench.store.list('replicasets', namespace)[0]?.status?.conditions?.[0]?.message;

const started = (prepare: (bench: Bench) => void, spec: object = {}, container: object = {}): Bench => {
  const bench = createBench();
  prepare(bench);
  bench.create('deployments', webDeployment(spec, container));
  bench.start();
  bench.time.advance(3_000);
  return bench;
};

describe('a quota', () => {
  it('refuses the pod that is too many, in the words of a real cluster, and lets it in once it is raised', () => {
    const bench = started((empty) => quota(empty, { pods: '1' }));
    expect(bench.pods()).toHaveLength(1);
    const words =
      /^pods "web-\S+" is forbidden: exceeded quota: team, requested: pods=1, used: pods=1, limited: pods=1$/;
    expect(failure(bench)).toMatch(words);
    expect(bench.conditions('web')).toMatchObject({ ReplicaFailure: 'True FailedCreate' });
    expect(bench.get('resourcequotas', 'team').status).toEqual({ hard: { pods: '1' }, used: { pods: '1' } });
    bench.edit('resourcequotas', 'team', withSpec({ hard: { pods: '2' } }));
    bench.settle();
    expect(bench.conditions('web').ReplicaFailure).toBeUndefined();
    expect(bench.get('resourcequotas', 'team').status?.used).toEqual({ pods: '2' });
  });

  it('counts what containers ask for, and wants it said', () => {
    const tight = started((empty) => quota(empty, { 'requests.cpu': '150m', 'requests.memory': '1Gi' }));
    expect(failure(tight)).toContain(
      'exceeded quota: team, requested: requests.cpu=100m, used: requests.cpu=100m, limited: requests.cpu=150m',
    );
    const silent = started((empty) => quota(empty, { 'limits.memory': '1Gi' }));
    expect(failure(silent)).toMatch(/failed quota: team: must specify limits\.memory for: server$/);
  });
});

describe('a limit range', () => {
  it('refuses what lies outside, and fills in what is not said', () => {
    const high = started(
      (empty) => range(empty, { max: { cpu: '50m' } }),
      {},
      { resources: { limits: { cpu: '100m' } } },
    );
    expect(failure(high)).toMatch(/is forbidden: maximum cpu usage per Container is 50m, but limit is 100m$/);
    const low = started((empty) => range(empty, { min: { memory: '128Mi' } }));
    expect(failure(low)).toMatch(/minimum memory usage per Container is 128Mi, but request is 64Mi$/);
    const filled = started((empty) => range(empty, { default: { memory: '256Mi' }, defaultRequest: { cpu: '10m' } }));
    expect(filled.pods()[0]?.spec.containers[0].resources).toEqual({
      limits: { memory: '256Mi' },
      requests: { cpu: '100m', memory: '64Mi' },
    });
  });
});

describe('a pod that cannot be placed or started', () => {
  const podSpec = (change: object): object => {
    const { template } = webDeployment().spec;
    return { template: { ...template, spec: { ...template.spec, ...change } } };
  };
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const complaint = (bench: Bench): string =>
    bench.store.list('events', namespace).find(({ reason }) => reason === 'FailedScheduling')?.message ?? '';

  it('keeps apart what wants to be apart', () => {
    const term = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'kubernetes.io/hostname' };
    const bench = started(() => {}, {
      replicas: 4,
      ...podSpec({ affinity: { podAntiAffinity: { [required]: [term] } } }),
    });
    expect(bench.pods().filter(({ spec }) => spec.nodeName !== undefined)).toHaveLength(3);
    expect(complaint(bench)).toBe(
      "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
    );
  });

  it('obeys node affinity, host ports and claims', () => {
    const zone = { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['moon'] };
    const terms = { nodeSelectorTerms: [{ matchExpressions: [zone] }] };
    const far = started(() => {}, podSpec({ affinity: { nodeAffinity: { [required]: terms } } }));
    expect(complaint(far)).toContain("3 node(s) didn't match Pod's node affinity/selector");
    const ports = [{ containerPort: 8080, hostPort: 80 }];
    expect(complaint(started(() => {}, { replicas: 4 }, { ports }))).toContain(
      "3 node(s) didn't have free ports for the requested pod ports",
    );
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'gone' } }];
    expect(complaint(started(() => {}, podSpec({ volumes })))).toContain('persistentvolumeclaim "gone" not found');
  });

  it('says why a command cannot be run, and what a volume lacks', () => {
    const bench = createBench();
    bench.judgeBy(() => ({ kind: 'cannot-start', message: 'exec: "nope": executable file not found in $PATH' }));
    bench.create('deployments', webDeployment({ replicas: 1 }));
    bench.start();
    bench.time.advance(4_000);
    expect(bench.pods()[0]?.status?.containerStatuses?.[0]).toMatchObject({
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { reason: 'StartError', exitCode: 128 } },
    });
    const volumes = [{ name: 'settings', configMap: { name: 'web', items: [{ key: 'app.conf', path: 'app.conf' }] } }];
    const mounted = started(
      (empty) => create(empty, 'configmaps', 'ConfigMap', 'web', { data: {} }),
      podSpec({ volumes }),
    );
    const said = mounted.store.list('events', namespace).map(({ message }) => message);
    expect(said).toContain(
      'MountVolume.SetUp failed for volume "settings" : references non-existent config key: app.conf',
    );
    mounted.edit('configmaps', 'web', (object) => ({ ...object, data: { 'app.conf': 'x' } }));
    mounted.settle();
  });

  it('hears a probe that finds another answer', () => {
    const bench = started(() => {}, { replicas: 1 });
    bench.settle();
    bench.edit('deployments', 'web', withContainer({ readinessProbe: { tcpSocket: { port: 9_999 } } }));
    bench.time.advance(6_000);
    expect(bench.store.list('events', namespace).map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^Readiness probe failed: dial tcp 10\.244\.\d\.\d+:9999: connect: connection refused$/),
    );
  });
});
