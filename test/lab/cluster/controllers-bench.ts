import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { bootNodes } from '../../../src/lab/cluster/controllers/boot-nodes.ts';
import { settled } from '../../../src/lab/cluster/controllers/settled.ts';
import { type ControllerTrouble, startControllers } from '../../../src/lab/cluster/controllers/start-controllers.ts';
import { createSteppedTime } from '../../../src/lab/cluster/controllers/stepped-time.ts';
import type { Timings } from '../../../src/lab/cluster/controllers/timings.ts';
import { createKubeStore } from '../../../src/lab/cluster/create-kube-store.ts';
import type { KubeObject } from '../../../src/lab/cluster/kube-object.ts';
import type { ContainerFate } from '../../../src/lab/world/world.ts';

export const namespace = 'shop';

/** What the fake world thinks of a container; tests change its mind at will. */
export type Verdict = (pod: KubeObject, container: string, runningForMs: number) => ContainerFate;

export const well: ContainerFate = { kind: 'runs', readyAfterMs: 500 };
const missingImage = 'rpc error: code = NotFound desc = not found';

/** Images tagged `broken` cannot be pulled; everything else runs well. */
const byImage: Verdict = (pod) =>
  pod.spec.containers[0].image.endsWith(':broken') ? { kind: 'cannot-pull', message: missingImage } : well;

/** A cluster of three nodes in a time that only the test moves. */
export const createBench = (options: { readonly nodes?: boolean; readonly timings?: Partial<Timings> } = {}) => {
  const time = createSteppedTime(Date.parse('2026-03-01T10:00:00Z'));
  const store = createKubeStore({ now: time.nowMs });
  const trouble: ControllerTrouble[] = [];
  let verdict: Verdict = byImage;
  if (options.nodes !== false) bootNodes(store);
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, 'test');
  const start = () =>
    startControllers({
      store,
      judge: { judge: (pod, container, runningForMs) => verdict(pod, container, runningForMs) },
      nowMs: time.nowMs,
      timer: time.timer,
      timings: options.timings ?? {},
      onError: (stumble) => trouble.push(stumble),
    });

  const get = (plural: string, name: string): KubeObject => {
    const found = store.get(plural, namespace, name);
    if (found === undefined) throw new Error(`${plural} ${name} is not there`);
    return found;
  };
  const pods = (app = 'web'): readonly KubeObject[] =>
    store.list('pods', namespace).filter((pod) => pod.metadata.labels?.app === app);

  return {
    time,
    store,
    start,
    trouble,
    get,
    pods,
    livePods: (app = 'web') => pods(app).filter((pod) => pod.metadata.deletionTimestamp === undefined),
    judgeBy: (next: Verdict) => {
      verdict = next;
    },
    create: (plural: string, object: KubeObject) => store.create(plural, object, 'test'),
    edit: (plural: string, name: string, change: (object: KubeObject) => KubeObject) =>
      store.update(plural, change(get(plural, name)), 'test'),
    /** Steps until `holds`, for at most a minute of the cluster's time. */
    until: (what: string, holds: () => boolean) => {
      for (let step = 0; step < 600 && !holds(); step += 1) time.advance(100);
      expect({ what, holds: holds() }).toEqual({ what, holds: true });
    },
    settle: () => {
      for (let step = 0; step < 900; step += 1) {
        time.advance(100);
        if (settled(store, namespace)) return;
      }
      expect(settled(store, namespace)).toBe(true);
    },
    events: (name: string) =>
      store
        .list('events', namespace)
        .filter((event) => event.involvedObject.name === name)
        .map((event) => `${event.type} ${event.reason} ${event.message}`),
    conditions: (name: string): Readonly<Record<string, string>> =>
      Object.fromEntries(
        (get('deployments', name).status.conditions as readonly KubeObject[]).map((condition) => [
          condition.type,
          `${condition.status} ${condition.reason}`,
        ]),
      ),
    replicaSets: () =>
      store
        .list('replicasets', namespace)
        .map((set) => ({
          image: set.spec.template.spec.containers[0].image,
          wanted: set.spec.replicas,
          ready: set.status.readyReplicas ?? 0,
          revision: Number(set.metadata.annotations?.['deployment.kubernetes.io/revision']),
        }))
        .sort((left, right) => left.revision - right.revision),
  };
};

export type Bench = ReturnType<typeof createBench>;

/** A Deployment `web` with a readiness probe, as small as it may be. */
export const webDeployment = (spec: object = {}, container: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          {
            name: 'server',
            image: 'web:v1',
            ports: [{ containerPort: 8080 }],
            readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
            resources: { requests: { cpu: '100m', memory: '64Mi' } },
            ...container,
          },
        ],
      },
    },
    ...spec,
  },
});

/** Changes the first container of a Deployment's template. */
export const withContainer =
  (change: object) =>
  (deployment: KubeObject): KubeObject => {
    const [first, ...others] = deployment.spec.template.spec.containers;
    const spec = { ...deployment.spec.template.spec, containers: [{ ...first, ...change }, ...others] };
    return { ...deployment, spec: { ...deployment.spec, template: { ...deployment.spec.template, spec } } };
  };

/** Changes the spec of an object. */
export const withSpec =
  (change: object) =>
  (object: KubeObject): KubeObject => ({
    ...object,
    spec: { ...object.spec, ...change },
  });

const shop = fileURLToPath(new URL('../../../manifests/online-boutique/', import.meta.url));

/** The objects of Online Boutique's manifests by file. */
export const boutique = (): ReadonlyMap<string, readonly KubeObject[]> =>
  new Map(
    readdirSync(shop).map((file) => [
      file,
      parseAllDocuments(readFileSync(join(shop, file), 'utf8')).map((document) => document.toJS() as KubeObject),
    ]),
  );
