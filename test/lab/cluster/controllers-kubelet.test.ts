import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/lab/cluster/kube-object.ts';
import type { ContainerFate } from '../../../src/lab/world/world.ts';
import { type Bench, createBench, namespace, webDeployment, well, withContainer } from './controllers-bench.ts';

const crash: ContainerFate = { kind: 'exits', afterMs: 200, exitCode: 1, reason: 'Error' };

const started = (container: object = {}, pod: object = {}): Bench => {
  const bench = createBench();
  const { spec } = webDeployment({ replicas: 1 }, container);
  const template = { ...spec.template, spec: { ...spec.template.spec, ...pod } };
  bench.create('deployments', webDeployment({ replicas: 1, template }));
  bench.start();
  bench.time.advance(1);
  return bench;
};

const onlyPod = (bench: Bench): KubeObject => {
  const [pod] = bench.pods();
  if (pod === undefined) throw new Error('there is no pod');
  return pod;
};
const statusOf = (bench: Bench): KubeObject => onlyPod(bench).status?.containerStatuses?.[0];
const waitingFor = (bench: Bench): string | undefined => statusOf(bench)?.state?.waiting?.reason;
const titleOf = (pod: KubeObject): string => `${pod.metadata.name}_${namespace}(${pod.metadata.uid})`;
const podCondition = (pod: KubeObject, type: string): KubeObject =>
  pod.status.conditions.find((condition: KubeObject) => condition.type === type);

describe('a pod that runs', () => {
  it('has an address of its node, true conditions and a started container', () => {
    const bench = started();
    bench.settle();
    const pod = onlyPod(bench);
    const [, number] = /^lab-node-(\d)$/.exec(pod.spec.nodeName) ?? [];
    expect(pod.status).toMatchObject({ phase: 'Running', hostIP: `10.0.0.1${number}`, qosClass: 'Burstable' });
    expect(pod.status.podIP).toMatch(new RegExp(`^10\\.244\\.${number}\\.\\d+$`));
    expect(pod.status.podIPs).toEqual([{ ip: pod.status.podIP }]);
    for (const type of ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready']) {
      expect(podCondition(pod, type)).toMatchObject({ status: 'True' });
    }
    expect(statusOf(bench)).toMatchObject({ name: 'server', ready: true, started: true, restartCount: 0 });
    expect(statusOf(bench).containerID).toMatch(/^containerd:\/\/[0-9a-f]{64}$/);
    expect(statusOf(bench).imageID).toMatch(/^web@sha256:[0-9a-f]{64}$/);
  });

  it('tells its start in the events that kubectl describe shows', () => {
    const bench = started();
    bench.settle();
    const events = bench.events(onlyPod(bench).metadata.name);
    expect(events[0]).toMatch(/^Normal Scheduled Successfully assigned shop\/web-.* to lab-node-\d$/);
    expect(events[1]).toBe('Normal Pulling Pulling image "web:v1"');
    expect(events[2]).toMatch(/^Normal Pulled Successfully pulled image "web:v1" in \d+ms .* Image size: \d+ bytes\.$/);
    expect(events.slice(3)).toEqual([
      'Normal Created Created container: server',
      'Normal Started Started container server',
    ]);
  });

  it('is not ready before its readiness probe passes, and keeps the time at which it became so', () => {
    const bench = started();
    bench.judgeBy(() => ({ kind: 'runs', readyAfterMs: 3_000 }));
    bench.until('it runs', () => statusOf(bench)?.state?.running !== undefined);
    bench.time.advance(2_000);
    expect(podCondition(onlyPod(bench), 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [server]',
    });
    bench.settle();
    const since = podCondition(onlyPod(bench), 'Ready').lastTransitionTime;
    bench.time.advance(20_000);
    expect(podCondition(onlyPod(bench), 'Ready').lastTransitionTime).toBe(since);
  });

  it('ends with grace: it is marked, told to stop, and gone a moment later', () => {
    const bench = started();
    bench.settle();
    const pod = onlyPod(bench);
    bench.edit('deployments', 'web', (deployment) => ({ ...deployment, spec: { ...deployment.spec, replicas: 0 } }));
    bench.time.advance(10);
    expect(onlyPod(bench).metadata.deletionTimestamp).toBeDefined();
    bench.time.advance(10);
    expect(bench.events(pod.metadata.name)).toContain('Normal Killing Stopping container server');
    bench.time.advance(2_000);
    expect(bench.pods()).toEqual([]);
  });

  it('outlives a restart of the controllers', () => {
    const bench = createBench();
    bench.create('deployments', webDeployment({ replicas: 1 }));
    const first = bench.start();
    bench.settle();
    const before = statusOf(bench);
    first.stop();
    bench.time.advance(5_000);
    bench.start();
    bench.time.advance(5_000);
    expect(statusOf(bench)).toEqual(before);
  });
});

describe('a container that keeps exiting', () => {
  it('restarts at once the first time, then waits in CrashLoopBackOff, longer each time up to the bound', () => {
    const bench = started();
    bench.judgeBy(() => crash);
    const waits: string[] = [];
    bench.until('five back-offs were seen', () => {
      const message: string | undefined = statusOf(bench)?.state?.waiting?.message;
      const wait = /^back-off (\d+s) restarting failed container=server pod=/.exec(message ?? '')?.[1];
      if (wait !== undefined && waits.at(-1) !== wait) waits.push(wait);
      return waits.length === 5;
    });
    expect(waits).toEqual(['2s', '4s', '8s', '16s', '20s']);
    const pod = onlyPod(bench);
    expect(statusOf(bench)).toMatchObject({
      ready: false,
      restartCount: 5,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error' } },
    });
    expect(pod.status.phase).toBe('Running');
    const [backOff] = bench.store.list('events', namespace).filter((event) => event.reason === 'BackOff');
    expect(backOff).toMatchObject({
      type: 'Warning',
      count: 5,
      message: `Back-off restarting failed container server in pod ${titleOf(pod)}`,
      source: { component: 'kubelet', host: pod.spec.nodeName },
      involvedObject: { kind: 'Pod', fieldPath: 'spec.containers{server}' },
    });
    expect(bench.conditions('web')).toMatchObject({ Available: 'False MinimumReplicasUnavailable' });
  });

  it('that is OOMKilled says so with exit code 137 while it waits', () => {
    const bench = started();
    bench.judgeBy(() => ({ kind: 'exits', afterMs: 300, exitCode: 137, reason: 'OOMKilled' }));
    bench.until('it waits', () => waitingFor(bench) === 'CrashLoopBackOff');
    expect(statusOf(bench).lastState.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    expect(statusOf(bench).lastState.terminated.containerID).toMatch(/^containerd:/);
  });

  it('may be struck while it has long been ready, and recovers when the world relents', () => {
    const bench = started();
    bench.settle();
    bench.judgeBy((_pod, _container, runningForMs) => ({
      kind: 'exits',
      afterMs: Math.min(runningForMs, 5_000),
      exitCode: 137,
      reason: 'OOMKilled',
    }));
    bench.until('it was killed', () => statusOf(bench).state.terminated?.reason === 'OOMKilled');
    expect(podCondition(onlyPod(bench), 'Ready').status).toBe('False');
    bench.judgeBy(() => well);
    bench.settle();
    expect(statusOf(bench).restartCount).toBeGreaterThanOrEqual(1);
  });

  it('is forgiven after it has run for long', () => {
    const bench = started();
    bench.judgeBy(() => crash);
    bench.until('it waits for long', () => /back-off 8s/.test(statusOf(bench)?.state?.waiting?.message ?? ''));
    bench.judgeBy(() => well);
    bench.settle();
    bench.time.advance(60_000);
    const restarts = statusOf(bench).restartCount;
    bench.judgeBy(() => crash);
    bench.until('it waits again', () => waitingFor(bench) === 'CrashLoopBackOff');
    expect(statusOf(bench).state.waiting.message).toMatch(/^back-off 2s /);
    expect(statusOf(bench).restartCount).toBe(restarts + 1);
  });
});

describe('a container that cannot start', () => {
  it('for want of its image alternates between the failed pull and a back-off', () => {
    const bench = started({ image: 'web:broken' });
    const seen: string[] = [];
    bench.until('it backs off twice', () => {
      const reason = waitingFor(bench);
      if (reason !== undefined && seen.at(-1) !== reason) seen.push(reason);
      return seen.filter((entry) => entry === 'ImagePullBackOff').length === 2;
    });
    expect(seen.filter((entry) => entry !== 'ContainerCreating')).toEqual([
      'ErrImagePull',
      'ImagePullBackOff',
      'ErrImagePull',
      'ImagePullBackOff',
    ]);
    expect(onlyPod(bench).status.phase).toBe('Pending');
    expect(bench.events(onlyPod(bench).metadata.name).slice(1)).toEqual([
      'Normal Pulling Pulling image "web:broken"',
      'Warning Failed Failed to pull image "web:broken": rpc error: code = NotFound desc = not found',
      'Warning Failed Error: ErrImagePull',
      'Normal BackOff Back-off pulling image "web:broken"',
      'Warning Failed Error: ImagePullBackOff',
    ]);
  });

  it('does not repeat the sentence of a judge that already speaks as an event does', () => {
    const bench = started();
    bench.judgeBy(() => ({ kind: 'cannot-pull', message: 'Failed to pull image "web:v1": not found' }));
    bench.until('the pull failed', () => waitingFor(bench) === 'ErrImagePull');
    expect(statusOf(bench).state.waiting.message).toBe('not found');
    expect(bench.events(onlyPod(bench).metadata.name)).toContain(
      'Warning Failed Failed to pull image "web:v1": not found',
    );
  });

  it('because the world refuses to create it shows a configuration error', () => {
    const bench = started();
    bench.judgeBy(() => ({ kind: 'cannot-create', message: 'secret "x" not found' }));
    bench.until('it is refused', () => waitingFor(bench) === 'CreateContainerConfigError');
    expect(statusOf(bench).state.waiting.message).toBe('secret "x" not found');
  });

  it.each([
    ['envFrom', { envFrom: [{ configMapRef: { name: 'shop' } }] }, 'configmap "shop" not found'],
    [
      'a secret key',
      { env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'shop', key: 'token' } } }] },
      'secret "shop" not found',
    ],
  ])('for want of an object that %s names waits for it', (_name, container, message) => {
    const bench = started(container);
    bench.until('it is refused', () => waitingFor(bench) === 'CreateContainerConfigError');
    expect(statusOf(bench).state.waiting.message).toBe(message);
    expect(bench.events(onlyPod(bench).metadata.name)).toContain(`Warning Failed Error: ${message}`);
    bench.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shop', namespace } });
    const data = { token: 'c2VjcmV0' };
    bench.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'shop', namespace }, data });
    bench.settle();
  });

  it('for want of a key names the key and its ConfigMap', () => {
    const env = [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'shop', key: 'level' } } }];
    const bench = started({ env });
    bench.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shop', namespace } });
    bench.until('it is refused', () => waitingFor(bench) === 'CreateContainerConfigError');
    expect(statusOf(bench).state.waiting.message).toBe(`couldn't find key level in ConfigMap ${namespace}/shop`);
  });

  it('does without an object that is optional', () => {
    started({ envFrom: [{ secretRef: { name: 'shop', optional: true } }] }).settle();
  });

  it('for want of a volume stays in ContainerCreating with FailedMount, until the object is there', () => {
    const bench = started({}, { volumes: [{ name: 'config', configMap: { name: 'shop' } }] });
    bench.time.advance(5_000);
    expect(waitingFor(bench)).toBe('ContainerCreating');
    expect(onlyPod(bench).status.podIP).toBeUndefined();
    expect(bench.events(onlyPod(bench).metadata.name)).toContain(
      'Warning FailedMount MountVolume.SetUp failed for volume "config" : configmap "shop" not found',
    );
    bench.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shop', namespace } });
    bench.settle();
  });
});

describe('a probe', () => {
  it.each([
    [
      'httpGet',
      { httpGet: { path: '/ok', port: 9999 } },
      /Get "http:\/\/10\.244\.\d\.\d+:9999\/ok": dial tcp .* connect: connection refused$/,
    ],
    ['httpGet by name', { httpGet: { path: '/ok', port: 'admin' } }, /connection refused$/],
    [
      'tcpSocket',
      { tcpSocket: { port: 9999 } },
      /^Warning Unhealthy Readiness probe failed: dial tcp 10.*:9999: connect: connection refused$/,
    ],
    [
      'grpc',
      { grpc: { port: 9999 } },
      /timeout: failed to connect service "10.*:9999" within 1s: context deadline exceeded$/,
    ],
  ])('of kind %s at a port that the container does not serve never passes', (_kind, readinessProbe, wording) => {
    const bench = started({ readinessProbe });
    bench.time.advance(20_000);
    expect(statusOf(bench)).toMatchObject({ ready: false, restartCount: 0 });
    const events = bench.store.list('events', namespace).filter((event) => event.reason === 'Unhealthy');
    expect(events).toHaveLength(1);
    expect(events[0]?.count).toBeGreaterThan(5);
    expect(`${events[0]?.type} ${events[0]?.reason} ${events[0]?.message}`).toMatch(wording);
  });

  it('of an application that never gets well reports its status code', () => {
    const bench = started();
    bench.judgeBy(() => ({ kind: 'runs', readyAfterMs: null }));
    bench.time.advance(8_000);
    expect(bench.events(onlyPod(bench).metadata.name)).toContain(
      'Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 503',
    );
  });

  it('for liveness at the wrong port kills the container again and again', () => {
    const bench = started({ livenessProbe: { httpGet: { path: '/', port: 1 }, failureThreshold: 2 } });
    bench.until('it was killed twice', () => (statusOf(bench)?.restartCount ?? 0) >= 2);
    expect(bench.events(onlyPod(bench).metadata.name)).toContain(
      'Normal Killing Container server failed liveness probe, will be restarted',
    );
  });

  it('is not asked of a container that has none: running is ready', () => {
    const bench = createBench();
    const { readinessProbe: _none, ...container } = webDeployment().spec.template.spec.containers[0];
    bench.judgeBy(() => ({ kind: 'runs', readyAfterMs: null }));
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } };
    bench.create('deployments', webDeployment({ template }));
    bench.start();
    bench.settle();
  });
});

describe('init containers', () => {
  const init = { initContainers: [{ name: 'wait', image: 'busybox:1' }] };

  it('come first: the others wait until they are done', () => {
    const bench = started({}, init);
    bench.judgeBy((_pod, name) => (name === 'wait' ? { ...crash, exitCode: 0, reason: 'Completed' } : well));
    bench.until(
      'the init container runs',
      () => onlyPod(bench).status.initContainerStatuses?.[0].state.running !== undefined,
    );
    expect(waitingFor(bench)).toBe('PodInitializing');
    expect(podCondition(onlyPod(bench), 'Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [wait]',
    });
    bench.settle();
    expect(podCondition(onlyPod(bench), 'Initialized')).toMatchObject({ status: 'True' });
    expect(onlyPod(bench).status.initContainerStatuses[0].state.terminated).toMatchObject({ reason: 'Completed' });
  });

  it('that fail keep the pod from starting', () => {
    const bench = started({}, init);
    bench.judgeBy((_pod, name) => (name === 'wait' ? crash : well));
    bench.until(
      'the init container backs off',
      () => onlyPod(bench).status.initContainerStatuses?.[0].state.waiting?.reason === 'CrashLoopBackOff',
    );
    expect(onlyPod(bench).status.phase).toBe('Pending');
    expect(waitingFor(bench)).toBe('PodInitializing');
  });

  it('that are sidecars run beside the others', () => {
    const bench = started({}, { initContainers: [{ name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' }] });
    bench.settle();
    expect(onlyPod(bench).status.initContainerStatuses[0].state.running).toBeDefined();
  });
});

describe('a pod without an owner', () => {
  it('that is not to be restarted ends as its container does', () => {
    const bench = createBench({});
    bench.judgeBy(() => crash);
    const spec = { restartPolicy: 'Never', containers: [{ name: 'job', image: 'job:1' }] };
    bench.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'job', namespace }, spec });
    bench.start();
    bench.until('it failed', () => bench.get('pods', 'job').status?.phase === 'Failed');
    expect(bench.get('pods', 'job').status.containerStatuses[0]).toMatchObject({
      restartCount: 0,
      state: { terminated: { exitCode: 1 } },
    });
  });
});

describe('an image that a node has', () => {
  it('is not pulled again', () => {
    const bench = started();
    bench.settle();
    bench.judgeBy((_pod, _name, runningForMs) => (runningForMs > 20_000 ? crash : well));
    bench.until('it restarted', () => statusOf(bench).restartCount === 1);
    const events = bench.events(onlyPod(bench).metadata.name);
    expect(events.filter((event) => event.includes('Pulling'))).toHaveLength(1);
    expect(events).toContain('Normal Pulled Container image "web:v1" already present on machine');
    bench.edit('deployments', 'web', withContainer({ image: 'web:v2' }));
    bench.settle();
  });
});
