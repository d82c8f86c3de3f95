import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { actions } from '../src/actions/index.ts';
import { createKubernetes, type Kubernetes } from '../src/adapters/kubernetes/create-kubernetes.ts';
import type { Cause } from '../src/domain/finding.ts';
import type { JsonObject } from '../src/domain/json.ts';
import { textAt, valueAt } from '../src/domain/json-read.ts';
import type { PlanDraft } from '../src/domain/plan.ts';
import { type Chaos, createChaos } from '../src/lab/chaos/create-chaos.ts';
import { startCluster } from '../src/lab/cluster/cluster.ts';
import { bootNodes } from '../src/lab/cluster/controllers/boot-nodes.ts';
import { settled } from '../src/lab/cluster/controllers/settled.ts';
import { startControllers } from '../src/lab/cluster/controllers/start-controllers.ts';
import { createWorld } from '../src/lab/world/create-world.ts';
import type { RemedyFacts } from '../src/ports/action.ts';
import { evidence, facts } from './actions-world.ts';
import { laboratoryManifests } from './adapters/kubernetes-laboratory.ts';
import { createMemoryRecords, quickTimes, quietLog, wallClock } from './adapters/kubernetes-parts.ts';

const namespace = 'online-boutique';
const soon = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 25_000, interval: 50 });

let cluster: Awaited<ReturnType<typeof startCluster>>;
let kubernetes: Kubernetes;
let chaos: Chaos;
let stop: () => void;

beforeAll(async () => {
  const nowMs = () => Date.now();
  cluster = await startCluster({ nowMs, manifests: laboratoryManifests });
  const world = createWorld({ store: cluster.store, namespace, seed: 3 });
  bootNodes(cluster.store);
  const controllers = startControllers({ store: cluster.store, judge: world, nowMs });
  const ticking = setInterval(() => world.step(nowMs()), 250);
  chaos = createChaos({ store: cluster.store, world, now: nowMs, random: () => 0.3 });
  kubernetes = createKubernetes({
    kubeconfig: cluster.kubeconfig('bot'),
    actAccount: { namespace: 'sre', name: 'ai4all-sre-act' },
    namespaces: [namespace],
    records: createMemoryRecords(),
    clock: wallClock,
    log: quietLog,
    times: quickTimes,
  });
  stop = () => {
    clearInterval(ticking);
    controllers.stop();
  };
  await soon(() => expect(settled(cluster.store, namespace)).toBe(true));
  kubernetes.recorder.start();
  await soon(async () => {
    expect(await kubernetes.recorder.since(namespace, wallClock.now())).toMatchObject({ outcome: 'empty' });
  });
}, 60_000);

afterAll(async () => {
  await kubernetes.recorder.stop();
  stop();
  await cluster.close();
});

const kinds = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ReplicaSet'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
] as const;

/** The facts as the road gathers them. */
const factsAbout = async (cause: Cause, since: string): Promise<RemedyFacts> => {
  const answers = await Promise.all(
    kinds.map(([apiVersion, kind]) => kubernetes.cluster.objects({ apiVersion, kind, namespace })),
  );
  const objects = answers.flatMap((answer) => (answer.outcome === 'found' ? answer.value : []));
  const heard = await kubernetes.recorder.since(namespace, since);
  const changes = heard.outcome === 'found' ? heard.value.flatMap((data) => data.changes).toReversed() : [];
  const services = await kubernetes.cluster.services(namespace);
  const workloads = await kubernetes.cluster.workloads(namespace);
  const topology = await kubernetes.cluster.topology(namespace);
  const seen = [services, workloads].flatMap((answer) => (answer.outcome === 'found' ? [...answer.value] : []));
  return facts(cause, {
    namespace,
    objects,
    changes: changes.filter(({ manager }) => manager !== 'ai4all-sre'),
    evidence: seen.map((data, index) => evidence(`E${index + 1}`, data)),
    edges: topology.outcome === 'found' ? topology.value.edges : [],
  });
};

const specOf = async (draft: PlanDraft): Promise<JsonObject> => {
  const [patch] = draft.patches;
  const answer = patch === undefined ? undefined : await kubernetes.cluster.object(patch.target);
  if (answer?.outcome !== 'found') throw new Error('the target is gone');
  return answer.value;
};

const stampFor = (object: JsonObject) => ({
  incidentUid: randomUUID(),
  actionId: randomUUID(),
  resourceVersion: textAt(object, 'metadata', 'resourceVersion'),
});

const cases: readonly (readonly [fault: string, cause: Cause, remedies: readonly string[]])[] = [
  ['bad-image', { workload: 'recommendationservice', fault: 'bad-image' }, ['roll-back', 'revert-change']],
  ['crash-loop', { workload: 'checkoutservice', fault: 'crash-loop' }, ['revert-change', 'roll-back']],
  ['memory-limit', { workload: 'adservice', fault: 'memory-limit' }, ['revert-change', 'set-resources', 'roll-back']],
  ['cpu-stress', { workload: 'currencyservice', fault: 'cpu-saturation' }, ['restart-workload', 'set-resources']],
  ['network-delay', { workload: 'productcatalogservice', fault: 'network-delay' }, ['restart-workload']],
  ['selector-drift', { workload: 'cartservice', fault: 'selector-drift' }, ['revert-change', 'patch-service']],
  ['scaled-to-zero', { workload: 'paymentservice', fault: 'scaled-to-zero' }, ['revert-change', 'scale']],
  ['redis-connections', { workload: 'redis-cart', fault: 'connection-exhaustion' }, ['restart-workload']],
];

describe('the remedies against the faults of the laboratory', () => {
  it.each(cases)('%s: every draft passes the rehearsal, and the best one mends it', async (fault, cause, remedies) => {
    const workload = fault === 'redis-connections' ? 'cartservice' : cause.workload;
    const since = new Date(Date.now() - 1_000).toISOString();
    chaos.inject(fault, { workload });
    let drafts: readonly PlanDraft[] = [];
    await soon(async () => {
      const known = await factsAbout(cause, since);
      drafts = actions
        .map((action) => action.draft(known))
        .filter((draft) => draft !== null)
        .toSorted((left, right) => right.fitness - left.fitness);
      expect(drafts.map(({ action }) => action)).toEqual(remedies);
    });
    for (const draft of drafts) {
      for (const patch of draft.patches) {
        await soon(async () => {
          const rehearsed = await kubernetes.writer.dryRun(patch, stampFor(await specOf(draft)));
          expect(rehearsed).toMatchObject({ kind: 'accepted' });
        });
      }
    }
    const [best] = drafts;
    const [patch] = best?.patches ?? [];
    if (best === undefined || patch === undefined) throw new Error('there is no draft');
    const before = await specOf(best);
    await soon(async () => {
      const answer = await kubernetes.writer.write(patch, stampFor(await specOf(best)));
      expect(answer).toMatchObject({ kind: 'written' });
    });
    expect(valueAt(await specOf(best), 'spec')).not.toEqual(valueAt(before, 'spec'));
    await soon(() => expect(chaos.active()).toEqual([]));
    await soon(() => expect(settled(cluster.store, namespace)).toBe(true));
  });
});
