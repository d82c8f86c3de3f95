import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type { Holdings } from './missing-sources.ts';
import { judgePod } from './pod-fates.ts';

const holdings: Holdings = {
  keysOf: (kind, namespace, name) =>
    namespace === 'shop' && name === 'settings' && kind === 'configmap' ? ['mode'] : null,
};

const well: V1Container = {
  name: 'server',
  image: 'online-boutique/frontend:v0.10.2',
  ports: [{ containerPort: 8080, name: 'http' }],
  readinessProbe: { httpGet: { port: 8080 } },
  resources: { limits: { memory: '128Mi' } },
};

const fateOf = (change: Partial<V1Container>, spec: Partial<V1PodSpec> = {}) => {
  const pod: V1Pod = {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { containers: [{ ...well, ...change }], ...spec },
  };
  return judgePod(pod, holdings).server;
};

describe('what a pod comes to is in its spec', () => {
  it('a container that is right in all of it runs', () => {
    expect(fateOf({})).toEqual({ fate: 'runs' });
  });

  it('an image that the registry does not have is not pulled', () => {
    expect(fateOf({ image: 'online-boutique/frontend:v0.11.0' })).toMatchObject({
      fate: 'no-image',
      message: expect.stringContaining('online-boutique/frontend:v0.11.0'),
    });
  });

  it.each<[string, Partial<V1Container>, string]>([
    [
      'a ConfigMap that is not there',
      { envFrom: [{ configMapRef: { name: 'nothing' } }] },
      'configmap "nothing" not found',
    ],
    [
      'a key that the ConfigMap does not hold',
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'addr' } } }] },
      "couldn't find key addr in ConfigMap shop/settings",
    ],
    [
      'a Secret that is not there',
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'settings', key: 'mode' } } }] },
      'secret "settings" not found',
    ],
  ])('%s keeps the container from being made', (_what, change, message) => {
    expect(fateOf(change)).toEqual({ fate: 'no-config', message });
  });

  it('what is there, or may be missing, hinders nobody', () => {
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } }];
    expect(fateOf({ env, envFrom: [{ secretRef: { name: 'none', optional: true } }] })).toEqual({ fate: 'runs' });
  });

  it('a volume without its object is never mounted', () => {
    const volumes = [{ name: 'certificates', secret: { secretName: 'gone' } }];
    expect(fateOf({}, { volumes })).toEqual({ fate: 'no-volume', message: 'secret "gone" not found' });
  });

  it('a limit below what the program needs kills it, however the limit is written', () => {
    const limited = (memory: string) => fateOf({ resources: { limits: { memory } } });
    expect([limited('8Mi'), limited('8000Ki'), limited('8388608')]).toEqual(Array(3).fill({ fate: 'oom' }));
    expect([limited('12Mi'), limited('1G'), fateOf({ resources: {} })]).toEqual(Array(3).fill({ fate: 'runs' }));
  });

  it('a command that no image has does not start, and one that ends, ends', () => {
    expect(fateOf({ command: ['/bin/nonsense'] })).toMatchObject({ fate: 'no-start' });
    expect(fateOf({ command: ['sh', '-c', 'echo hello; exit 3'] })).toEqual({ fate: 'exits', code: 3 });
    expect(fateOf({ command: ['sh', '-c', 'exec server'] })).toEqual({ fate: 'runs' });
  });

  it('a probe of a port where nobody serves fails', () => {
    expect(fateOf({ readinessProbe: { grpc: { port: 8081 } } })).toEqual({ fate: 'unready' });
    expect(fateOf({ readinessProbe: { httpGet: { port: 'admin' } } })).toEqual({ fate: 'unready' });
    expect(fateOf({ readinessProbe: { tcpSocket: { port: 'http' } } })).toEqual({ fate: 'runs' });
  });

  it('an init container ends well, or is why the pod does not begin', () => {
    const pod = (image: string): V1Pod => ({ spec: { containers: [], initContainers: [{ name: 'wait', image }] } });
    expect(judgePod(pod('busybox:1.36'), holdings)).toEqual({ wait: { fate: 'completes' } });
    expect(judgePod(pod('busybox:nope'), holdings)).toMatchObject({ wait: { fate: 'no-image' } });
  });
});
