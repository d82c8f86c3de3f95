import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { createChaos } from '../../../src/lab/chaos/create-chaos.ts';
import { bootNodes } from '../../../src/lab/cluster/controllers/boot-nodes.ts';
import { settled } from '../../../src/lab/cluster/controllers/settled.ts';
import { startControllers } from '../../../src/lab/cluster/controllers/start-controllers.ts';
import { createSteppedTime } from '../../../src/lab/cluster/controllers/stepped-time.ts';
import { createKubeStore } from '../../../src/lab/cluster/create-kube-store.ts';
import type { KubeObject } from '../../../src/lab/cluster/kube-object.ts';
import { completeRule } from '../../../src/lab/telemetry/alerting/added-rule.ts';
import type { ActiveAlert } from '../../../src/lab/telemetry/alerting/alert-rule.ts';
import { readRulesFolder } from '../../../src/lab/telemetry/alerting/read-rules.ts';
import { createEngine, scrapeMs } from '../../../src/lab/telemetry/engine.ts';
import { createWorld } from '../../../src/lab/world/create-world.ts';
import { createRandom } from '../../../src/lab/world/random.ts';

export const namespace = 'online-boutique';
const folder = (name: string): string => fileURLToPath(new URL(`../../../manifests/${name}/`, import.meta.url));

const plurals: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ServiceAccount: 'serviceaccounts',
  Deployment: 'deployments',
  Service: 'services',
};

const shopObjects = (): readonly KubeObject[] =>
  readdirSync(folder('online-boutique'))
    .filter((file) => file !== 'kustomization.yaml')
    .flatMap((file) => parseAllDocuments(readFileSync(`${folder('online-boutique')}${file}`, 'utf8')))
    .map((document) => document.toJS() as KubeObject)
    .sort((one, other) => Number(other.kind === 'Namespace') - Number(one.kind === 'Namespace'));

/** The whole shop on its cluster with the product's own alert rules, in a time that only the test moves. */
export const createShopBench = async (options: { readonly seed?: number; readonly quietMinutes?: number } = {}) => {
  const seed = options.seed ?? 5;
  const time = createSteppedTime(Date.parse('2026-03-01T10:00:00Z'));
  const store = createKubeStore({ now: time.nowMs });
  const world = createWorld({ store, namespace, seed });
  bootNodes(store);
  for (const object of shopObjects()) {
    const plural = plurals[object.kind];
    if (plural !== undefined) store.create(plural, object, 'kubectl-client-side-apply');
  }
  const controllers = startControllers({ store, judge: world, nowMs: time.nowMs, timer: time.timer, seed });
  for (let second = 0; second < 120 && !settled(store, namespace); second += 1) time.advance(1_000);

  const engine = createEngine({ world, groups: readRulesFolder(folder('prometheus')), speed: 6 });
  let removeFalseAlarm = (): void => {};
  const chaos = createChaos({
    store,
    world,
    now: time.nowMs,
    random: createRandom(seed).next,
    onFalseAlarm: (rule) => {
      removeFalseAlarm();
      removeFalseAlarm = rule === null ? () => {} : engine.board.addRule(completeRule(rule));
    },
  });
  const pastMs = (options.quietMinutes ?? 2) * 60_000;
  await engine.recall(time.nowMs(), time.nowMs() + pastMs);
  time.advance(pastMs);

  const tick = (): readonly ActiveAlert[] => {
    time.advance(scrapeMs);
    return engine.tick(time.nowMs());
  };

  return { time, store, world, engine, chaos, tick, stop: controllers.stop };
};

/** A running shop bench. */
export type ShopBench = Awaited<ReturnType<typeof createShopBench>>;
