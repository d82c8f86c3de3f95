import { afterEach, describe, expect, it } from 'vitest';
import { type ChaosBench, createChaosBench } from './chaos-bench.ts';

const benches: ChaosBench[] = [];

const openShop = (): ChaosBench => {
  const bench = createChaosBench();
  benches.push(bench);
  bench.settle();
  bench.run(15);
  return bench;
};

afterEach(() => {
  for (const bench of benches.splice(0)) bench.stop();
});

const faultOf = (bench: ChaosBench, name: string) => {
  const fault = bench.chaos.faults.find((candidate) => candidate.name === name);
  if (fault === undefined) throw new Error(`no fault ${name}`);
  return fault;
};

/** The managers that wrote to an object, as `kubectl get --show-managed-fields` lists them. */
const managersOf = (bench: ChaosBench, plural: string, name: string): readonly unknown[] =>
  (bench.get(plural, name).metadata.managedFields as readonly { readonly manager: string }[]).map(
    ({ manager }) => manager,
  );

const logs = (bench: ChaosBench, app: string): string =>
  bench.lines.filter((line) => line.startsWith(`${app}: `)).join('\n');

/** One fault: what shows that it works, and the remedy that a careful engineer would choose. */
interface Story {
  readonly name: string;
  readonly shows: (bench: ChaosBench) => boolean;
  readonly remedy: (bench: ChaosBench, before: ReturnType<ChaosBench['get']>) => void;
}

const rollBack =
  (workload: string): Story['remedy'] =>
  (bench, before) =>
    bench.edit('deployments', workload, (spec) => ({ ...spec, template: before.spec.template }));

const waitingFor = (bench: ChaosBench, reason: string): boolean =>
  bench.total('kube_pod_container_status_waiting_reason', { reason }) > 0;

/** Whether some event says it. */
const heard = (bench: ChaosBench, words: RegExp): boolean =>
  bench.store.list('events', 'online-boutique').some(({ message }) => words.test(message));

/** Whether a container of the workload ended for this reason before. */
const endedBy = (bench: ChaosBench, workload: string, reason: string): boolean =>
  bench.store
    .list('pods', 'online-boutique')
    .filter(({ metadata }) => metadata.labels?.app === workload)
    .some((pod) => pod.status?.containerStatuses?.[0]?.lastState?.terminated?.reason === reason);

const conditionOf = (bench: ChaosBench, deployment: string, type: string): string | undefined =>
  (bench.get('deployments', deployment).status?.conditions ?? []).find(
    (condition: { type: string }) => condition.type === type,
  )?.status;

const stories: readonly Story[] = [
  {
    name: 'bad-image',
    shows: (bench) => waitingFor(bench, 'ImagePullBackOff'),
    remedy: rollBack('recommendationservice'),
  },
  {
    name: 'crash-loop',
    shows: (bench) =>
      waitingFor(bench, 'CrashLoopBackOff') &&
      /missing port in address|unknown port/.test(logs(bench, 'checkoutservice')),
    remedy: rollBack('checkoutservice'),
  },
  {
    name: 'memory-limit',
    shows: (bench) => {
      const pods = bench.store.list('pods', 'online-boutique');
      return (
        bench.total('kube_pod_container_status_restarts_total') > 0 &&
        pods.some((pod) => pod.status?.containerStatuses?.[0]?.lastState?.terminated?.reason === 'OOMKilled')
      );
    },
    remedy: (bench) =>
      bench.edit('deployments', 'adservice', (spec) => {
        const [container] = spec.template.spec.containers;
        const resources = { ...container.resources, limits: { ...container.resources.limits, memory: '300Mi' } };
        const containers = [{ ...container, resources }];
        return { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers } } };
      }),
  },
  {
    name: 'cpu-stress',
    shows: (bench) =>
      bench.total('container_cpu_cfs_throttled_periods_total') > 0 && bench.world.health('currencyservice').p99Ms > 100,
    remedy: (bench) => bench.restart('currencyservice'),
  },
  {
    name: 'network-delay',
    shows: (bench) => bench.chaos.readWorldHealth().p99Ms > 400,
    remedy: (bench) => bench.restart('productcatalogservice'),
  },
  {
    name: 'selector-drift',
    shows: (bench) =>
      bench.chaos.readWorldHealth().errorRatio > 0.3 && logs(bench, 'frontend').includes('could not retrieve cart'),
    remedy: (bench) => bench.edit('services', 'cartservice', (spec) => ({ ...spec, selector: { app: 'cartservice' } })),
  },
  {
    name: 'scaled-to-zero',
    shows: (bench) =>
      bench.total('kube_deployment_spec_replicas', { deployment: 'paymentservice' }) === 0 &&
      logs(bench, 'checkoutservice').includes('failed to charge card'),
    remedy: (bench) => bench.edit('deployments', 'paymentservice', (spec) => ({ ...spec, replicas: 1 })),
  },
  {
    name: 'redis-connections',
    shows: (bench) =>
      bench.total('redis_connected_clients') === bench.total('redis_config_maxclients') &&
      logs(bench, 'cartservice').includes('ERR max number of clients reached') &&
      bench.chaos.readWorldHealth().errorRatio > 0.3,
    remedy: (bench) => bench.restart('cartservice'),
  },
  {
    name: 'memory-leak',
    shows: (bench) =>
      endedBy(bench, 'productcatalogservice', 'OOMKilled') &&
      bench.total('kube_pod_container_status_restarts_total') > 1 &&
      bench.chaos.readWorldHealth().errorRatio > 0,
    remedy: (bench) => bench.restart('productcatalogservice'),
  },
  {
    name: 'readiness-probe',
    shows: (bench) =>
      bench.total('kube_pod_status_ready', { condition: 'false' }) > 0 &&
      heard(bench, /Readiness probe failed: .*:50052.* deadline exceeded/) &&
      bench.chaos.readWorldHealth().errorRatio === 0,
    remedy: rollBack('shippingservice'),
  },
  {
    name: 'service-port',
    shows: (bench) =>
      bench.chaos.readWorldHealth().errorRatio > 0.3 &&
      logs(bench, 'frontend').includes('connection refused') &&
      (bench.get('endpoints', 'currencyservice').subsets?.[0]?.addresses ?? []).length > 0,
    remedy: (bench) =>
      bench.edit('services', 'currencyservice', (spec) => ({
        ...spec,
        ports: [{ ...spec.ports[0], targetPort: 7000 }],
      })),
  },
  {
    name: 'missing-config',
    shows: (bench) =>
      waitingFor(bench, 'CreateContainerConfigError') &&
      heard(bench, /couldn't find key \S+ in ConfigMap online-boutique\/recommendationservice-settings/),
    remedy: rollBack('recommendationservice'),
  },
  {
    name: 'network-policy',
    shows: (bench) =>
      bench.chaos.readWorldHealth().errorRatio > 0.3 &&
      logs(bench, 'frontend').includes('i/o timeout') &&
      bench.chaos.readWorldHealth().p99Ms > 1_000,
    remedy: (bench) => bench.edit('networkpolicies', 'isolate-cartservice', (spec) => ({ ...spec, ingress: [{}] })),
  },
  {
    name: 'quota-exceeded',
    shows: (bench) =>
      heard(
        bench,
        /^Error creating: pods "paymentservice-\S+" is forbidden: exceeded quota: team-budget, requested: pods=1, used: pods=\d+, limited: pods=\d+$/,
      ) &&
      conditionOf(bench, 'paymentservice', 'ReplicaFailure') === 'True' &&
      logs(bench, 'checkoutservice').includes('failed to charge card'),
    remedy: (bench) => bench.edit('resourcequotas', 'team-budget', () => ({ hard: { pods: '50' } })),
  },
  {
    name: 'node-cordoned',
    shows: (bench) =>
      heard(bench, /^0\/3 nodes are available: 3 node\(s\) were unschedulable\./) &&
      conditionOf(bench, 'emailservice', 'Available') === 'False',
    remedy: (bench) => {
      const node = bench.store.get('nodes', '', 'lab-node-1');
      if (node !== undefined)
        bench.store.update('nodes', { ...node, spec: { podCIDR: node.spec.podCIDR } }, 'ai4all-sre');
    },
  },
];

describe('the shop on its cluster', () => {
  it('comes up by itself and is well', () => {
    const bench = openShop();
    expect(bench.chaos.readWorldHealth()).toMatchObject({ errorRatio: 0 });
    expect(bench.chaos.readWorldHealth().pages).toBeGreaterThan(50);
    expect(bench.chaos.faults.every((fault) => fault.isWell())).toBe(true);
    expect(bench.total('kube_pod_container_status_restarts_total')).toBe(0);
    expect(bench.chaos.active()).toEqual([]);
  });
});

describe.each(stories)('$name', ({ name, shows, remedy }) => {
  it('shows, stays until the true remedy, is over then, and can be injected again and cleared', () => {
    const bench = openShop();
    const fault = faultOf(bench, name);
    const before = bench.get('deployments', fault.workload);
    const { workload, done } = bench.chaos.inject(name);
    expect({ workload, done }).toEqual({ workload: fault.workload, done: expect.stringContaining(workload) });
    bench.until(`${name} shows`, () => shows(bench));
    expect(() => bench.chaos.inject(name)).toThrow(expect.objectContaining({ code: 'already-active' }));
    bench.run(15);
    expect(fault.isWell()).toBe(false);
    expect(bench.chaos.active().map((injection) => injection.fault)).toEqual([name]);

    remedy(bench, before);
    bench.until(`${name} is over`, () => fault.isWell());
    expect(bench.chaos.active()).toEqual([]);
    expect(bench.chaos.readWorldHealth().errorRatio).toBe(0);

    bench.chaos.inject(name);
    expect(bench.chaos.active()).toHaveLength(1);
    bench.chaos.clear(name);
    bench.until(`${name} is cleared`, () => fault.isWell());
    expect(bench.chaos.active()).toEqual([]);
  });
});

describe('a false alarm', () => {
  it('hands over a rule and touches nothing', () => {
    const bench = openShop();
    bench.time.advance(0);
    const revision = bench.store.revision();
    const { alertRule } = bench.chaos.inject('false-alarm');
    expect(bench.store.revision()).toBe(revision);
    expect(alertRule?.expr).toContain('> 5');
    expect(bench.alarms).toEqual([alertRule]);
    expect(faultOf(bench, 'false-alarm')).toMatchObject({ truth: { fault: 'none' }, remedies: ['none'] });
    expect(faultOf(bench, 'false-alarm').isWell()).toBe(true);
    bench.chaos.clear('false-alarm');
    bench.chaos.clear('false-alarm');
    expect(bench.alarms).toEqual([alertRule, null]);
  });
});

describe('chaos in general', () => {
  it('leaves the traces of the tools that it imitates', () => {
    const bench = openShop();
    bench.chaos.inject('bad-image');
    bench.chaos.inject('crash-loop');
    bench.chaos.inject('selector-drift');
    const deployment = bench.get('deployments', 'recommendationservice');
    expect(managersOf(bench, 'deployments', 'recommendationservice')).toContain('kubectl-set');
    expect(deployment.metadata.annotations?.['kubernetes.io/change-cause']).toMatch(
      /^kubectl set image .*recommendationservice/,
    );
    expect(managersOf(bench, 'deployments', 'checkoutservice')).toContain('kubectl-edit');
    expect(managersOf(bench, 'services', 'cartservice')).toContain('kubectl-edit');
  });

  it('strikes every workload that it offers, and the same workload is well after clearing', () => {
    const bench = openShop();
    for (const fault of bench.chaos.faults) {
      for (const workload of fault.workloads) {
        expect(fault.inject(workload).done).not.toBe('');
        expect(fault.remedies.every((words) => words === 'none' || words.endsWith(`:${workload}`))).toBe(true);
        fault.clear();
      }
    }
    bench.settle();
    bench.run(10);
    expect(bench.chaos.faults.filter((fault) => !fault.isWell()).map((fault) => fault.name)).toEqual([]);
  });

  it('refuses what it cannot do, and says what it can', () => {
    const { chaos } = openShop();
    expect(() => chaos.inject('meteor')).toThrow(/no fault "meteor", only bad-image/);
    expect(() => chaos.inject('bad-image', { workload: 'redis-cart' })).toThrow(
      expect.objectContaining({ code: 'bad-workload' }),
    );
    expect(() => chaos.clear('meteor')).toThrow(expect.objectContaining({ code: 'unknown-fault' }));
  });

  it('a restart of the caller does not cure a delay on the callee', () => {
    const bench = openShop();
    bench.chaos.inject('network-delay');
    bench.restart('frontend');
    bench.settle();
    bench.run(10);
    expect(faultOf(bench, 'network-delay').isWell()).toBe(false);
  });

  it('a restart of Redis gives the leak new room, not an end', () => {
    const bench = openShop();
    bench.chaos.inject('redis-connections');
    bench.run(20);
    bench.restart('redis-cart');
    bench.settle();
    bench.run(25);
    expect(bench.total('redis_connected_clients')).toBe(bench.total('redis_config_maxclients'));
    expect(faultOf(bench, 'redis-connections').isWell()).toBe(false);
  });
});
