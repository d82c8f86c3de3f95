import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createChaos } from '../../src/lab/chaos/create-chaos.ts';
import type { ChaosAlertRule } from '../../src/lab/chaos/fault.ts';
import { bootNodes } from '../../src/lab/cluster/controllers/boot-nodes.ts';
import { settled } from '../../src/lab/cluster/controllers/settled.ts';
import { startControllers } from '../../src/lab/cluster/controllers/start-controllers.ts';
import { createSteppedTime } from '../../src/lab/cluster/controllers/stepped-time.ts';
import { createKubeStore } from '../../src/lab/cluster/create-kube-store.ts';
import type { KubeObject } from '../../src/lab/cluster/kube-object.ts';
import { createWorld } from '../../src/lab/world/create-world.ts';
import { createRandom } from '../../src/lab/world/random.ts';
import type { Sample } from '../../src/lab/world/world.ts';

const namespace = 'online-boutique';
const manifests = fileURLToPath(new URL('../../manifests/online-boutique/', import.meta.url));

/** Plurals of the kinds that the manifests of the shop use. */
const plurals: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ServiceAccount: 'serviceaccounts',
  Deployment: 'deployments',
  Service: 'services',
};

const shopObjects = (): readonly KubeObject[] =>
  readdirSync(manifests)
    .filter((file) => file !== 'kustomization.yaml')
    .flatMap((file) => parseAllDocuments(readFileSync(`${manifests}${file}`, 'utf8')))
    .map((document) => document.toJS() as KubeObject)
    .sort((one, other) => Number(other.kind === 'Namespace') - Number(one.kind === 'Namespace'));

/** The product's own manifests on a small cluster with all its controllers, in a time that only the test moves. */
export const createChaosBench = (seed = 5) => {
  const time = createSteppedTime(Date.parse('2026-03-01T10:00:00Z'));
  const store = createKubeStore({ now: time.nowMs });
  const world = createWorld({ store, namespace, seed });
  const alarms: (ChaosAlertRule | null)[] = [];
  bootNodes(store);
  for (const object of shopObjects()) {
    const plural = plurals[object.kind];
    if (plural !== undefined) store.create(plural, object, 'kubectl-client-side-apply');
  }
  const controllers = startControllers({ store, judge: world, nowMs: time.nowMs, timer: time.timer, seed });
  const random = createRandom(seed);
  const chaos = createChaos({
    store,
    world,
    now: time.nowMs,
    random: random.next,
    onFalseAlarm: (rule) => alarms.push(rule),
  });
  let samples: readonly Sample[] = [];
  const lines: string[] = [];

  const second = (): void => {
    time.advance(1_000);
    const shown = world.step(time.nowMs());
    samples = shown.samples;
    lines.push(...shown.logs.map((log) => `${log.labels.app}: ${log.line}`));
  };
  const get = (plural: string, name: string): KubeObject => {
    const found = store.get(plural, namespace, name);
    if (found === undefined) throw new Error(`${plural} ${name} is not there`);
    return found;
  };
  const edit = (plural: string, name: string, change: (spec: KubeObject['spec']) => unknown): void => {
    const object = get(plural, name);
    store.update(plural, { ...object, spec: change(object.spec) }, 'ai4all-sre');
  };

  return {
    time,
    store,
    world,
    chaos,
    alarms,
    lines,
    get,
    edit,
    stop: controllers.stop,
    run: (seconds: number): void => {
      for (let passed = 0; passed < seconds; passed += 1) second();
    },
    /** Lets seconds pass until `holds`, at most two minutes of them. */
    until: (what: string, holds: () => boolean): void => {
      for (let passed = 0; passed < 120 && !holds(); passed += 1) second();
      expect({ what, holds: holds() }).toEqual({ what, holds: true });
    },
    settle: (): void => {
      for (let passed = 0; passed < 120 && !settled(store, namespace); passed += 1) second();
      expect(settled(store, namespace)).toBe(true);
    },
    /** The sum of the samples with this name and these labels in the last second. */
    total: (name: string, labels: Readonly<Record<string, string>> = {}): number =>
      samples
        .filter((sample) => sample.name === name)
        .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
        .reduce((sum, sample) => sum + sample.value, 0),
    restart: (workload: string): void =>
      edit('deployments', workload, (spec) => {
        const annotations = { ...spec.template.metadata.annotations, 'kubectl.kubernetes.io/restartedAt': 'now' };
        return { ...spec, template: { ...spec.template, metadata: { ...spec.template.metadata, annotations } } };
      }),
  };
};

export type ChaosBench = ReturnType<typeof createChaosBench>;
