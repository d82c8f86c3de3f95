import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApiServer } from '../../src/adapters/kubernetes/api-server.ts';
import { createKubernetes, type Kubernetes } from '../../src/adapters/kubernetes/create-kubernetes.ts';
import { createKyverno } from '../../src/adapters/kyverno/create-kyverno.ts';
import type { FieldChange } from '../../src/domain/evidence.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { textAt, valueAt } from '../../src/domain/json-read.ts';
import type { Patch } from '../../src/domain/plan.ts';
import type { ObjectRef } from '../../src/domain/workload.ts';
import type { Stamp } from '../../src/ports/cluster-writer.ts';
import { createMemoryRecords, quickTimes, quietLog, wallClock } from '../adapters/kubernetes-parts.ts';

/** A cluster that holds Online Boutique, the bot's RBAC and its Kyverno policies. */
export interface ClusterUnderTest {
  /** The bot's kubeconfig: a path or its text. */
  readonly bot: string;
  /** Somebody who may do everything. */
  readonly admin: string;
  close(): Promise<void>;
}

const namespace = 'online-boutique';
/** Watches and rollouts take a moment, on a loaded machine a long one. */
const soon = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 50 });
const deployment = (name: string): ObjectRef => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name });
const scaleTo = (name: string, replicas: number): Patch => ({
  target: deployment(name),
  type: 'merge',
  body: { spec: { replicas } },
});

/** What the readers, the writer and the flight recorder must do against any API server, the laboratory's or a real one. */
export const clusterContract = (title: string, start: () => Promise<ClusterUnderTest>): void => {
  describe(`Kubernetes as the bot uses it: ${title}`, () => {
    let world: ClusterUnderTest;
    let kubernetes: Kubernetes;
    let admin: ReturnType<typeof createApiServer>;

    beforeAll(async () => {
      world = await start();
      admin = createApiServer({ kubeconfig: world.admin });
      kubernetes = createKubernetes({
        kubeconfig: world.bot,
        actAccount: { namespace: 'sre', name: 'ai4all-sre-act' },
        namespaces: [namespace],
        records: createMemoryRecords(),
        clock: wallClock,
        log: quietLog,
        times: quickTimes,
      });
      kubernetes.recorder.start();
      await soon(async () => {
        const heard = await kubernetes.recorder.since(namespace, wallClock.now());
        expect(heard.outcome).toBe('empty');
      });
    });

    afterAll(async () => {
      await kubernetes.recorder.stop();
      await world.close();
    });

    /** Changes an object as a person would. */
    const edit = (ref: ObjectRef, body: JsonObject) =>
      admin.paths.of(ref).then((path) =>
        admin.connection.send({
          method: 'PATCH',
          path: path ?? '',
          query: { fieldManager: 'kubectl-edit' },
          headers: { 'Content-Type': 'application/merge-patch+json' },
          body,
        }),
      );

    const create = async ({ name, ...kind }: ObjectRef, content: JsonObject) =>
      admin.connection.send({
        method: 'POST',
        path: (await admin.paths.of(kind)) ?? '',
        headers: { 'Content-Type': 'application/json' },
        body: { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name }, ...content },
      });

    const live = async (ref: ObjectRef): Promise<JsonObject> => {
      const answer = await kubernetes.cluster.object(ref);
      if (answer.outcome !== 'found') throw new Error(`${ref.kind} ${ref.name} is ${answer.outcome}`);
      return answer.value;
    };

    const stampFor = async (ref: ObjectRef): Promise<Stamp> => ({
      incidentUid: randomUUID(),
      actionId: randomUUID(),
      resourceVersion: textAt(await live(ref), 'metadata', 'resourceVersion'),
    });

    /** Writes; a controller that reports status in the same moment makes it a conflict, which is tried again from the newest state. */
    const written = async (patch: Patch): Promise<Stamp> => {
      let stamp = await stampFor(patch.target);
      await soon(async () => {
        stamp = await stampFor(patch.target);
        const auditId = `${stamp.incidentUid}.${stamp.actionId}`;
        expect(await kubernetes.writer.write(patch, stamp)).toMatchObject({ kind: 'written', auditId });
      });
      return stamp;
    };

    const changesOf = async (name: string): Promise<readonly FieldChange[]> => {
      const answer = await kubernetes.recorder.since(namespace, '2020-01-01T00:00:00.000Z');
      const all = answer.outcome === 'found' ? answer.value.flatMap(({ changes }) => changes) : [];
      return all.filter(({ object }) => object.name === name);
    };

    describe('reading', () => {
      it('tells workloads with their pods, revisions and what their containers may use', async () => {
        await soon(async () => {
          const answer = await kubernetes.cluster.workloads(namespace);
          const cart =
            answer.outcome === 'found' && answer.value.find(({ workload }) => workload.name === 'cartservice');
          expect(cart).toMatchObject({
            replicas: 2,
            ready: 2,
            paused: false,
            containers: [{ name: 'server', cpuRequest: 0.2, cpuLimit: 0.3, memoryLimit: 128 * 2 ** 20 }],
            pods: [{ ready: true }, { ready: true }],
            revisions: [{ revision: 1 }],
          });
        });
      });

      it('tells Services with what is behind them and what should be', async () => {
        await soon(async () => {
          const answer = await kubernetes.cluster.services(namespace);
          const cart = answer.outcome === 'found' && answer.value.find(({ service }) => service.name === 'cartservice');
          expect(cart).toMatchObject({ ready: 2, notReady: 0, matches: ['cartservice'], expected: ['cartservice'] });
        });
      });

      it('reads who calls whom from the settings', async () => {
        const answer = await kubernetes.cluster.topology(namespace);
        const edges = answer.outcome === 'found' ? answer.value.edges.map(({ from, to }) => `${from} -> ${to}`) : [];
        expect(new Set(edges)).toEqual(
          new Set([
            'loadgenerator -> frontend',
            ...['adservice', 'cartservice', 'checkoutservice', 'currencyservice', 'productcatalogservice']
              .concat('recommendationservice', 'shippingservice')
              .map((to) => `frontend -> ${to}`),
            ...['cartservice', 'currencyservice', 'emailservice', 'paymentservice', 'productcatalogservice']
              .concat('shippingservice')
              .map((to) => `checkoutservice -> ${to}`),
            'recommendationservice -> productcatalogservice',
            'cartservice -> redis-cart',
          ]),
        );
      });

      it('tells an empty namespace and an absent object from trouble', async () => {
        expect(await kubernetes.cluster.workloads('nowhere')).toMatchObject({ outcome: 'empty' });
        expect(await kubernetes.cluster.topology('nowhere')).toMatchObject({ outcome: 'empty' });
        expect(await kubernetes.cluster.object(deployment('nobody'))).toMatchObject({ outcome: 'empty' });
      });

      it('gives objects as the server sent them', async () => {
        const cart = await live(deployment('cartservice'));
        expect(typeof valueAt(cart, 'metadata', 'creationTimestamp')).toBe('string');
        expect(Array.isArray(valueAt(cart, 'metadata', 'managedFields'))).toBe(true);
      });

      it('tells autoscalers and routes, and whether the backends of a route are served', async () => {
        const scaler = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace, name: 'ad-scaler' };
        const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'adservice' };
        await create(scaler, { spec: { scaleTargetRef: target, minReplicas: 1, maxReplicas: 3 } });
        const backend = (name: string, number: number) => ({ service: { name, port: { number } } });
        const paths = [
          { path: '/', pathType: 'Prefix', backend: backend('frontend', 80) },
          { path: '/old', pathType: 'Prefix', backend: backend('nobody', 80) },
          { path: '/ads', pathType: 'Prefix', backend: backend('adservice', 1) },
        ];
        const door = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace, name: 'door' };
        await create(door, { spec: { rules: [{ host: 'shop.example', http: { paths } }] } });
        const [scalers, routes] = await Promise.all([
          kubernetes.cluster.autoscalers(namespace),
          kubernetes.cluster.routes(namespace),
        ]);
        expect(
          scalers.outcome === 'found' && scalers.value.find(({ autoscaler: { name } }) => name === scaler.name),
        ).toMatchObject({
          target: { kind: 'Deployment', name: 'adservice' },
          min: 1,
          max: 3,
        });
        const found =
          routes.outcome === 'found' && routes.value.find((one) => one.kind === 'route' && one.route.name === 'door');
        expect(found).toMatchObject({
          backends: [
            { host: 'shop.example', path: '/', service: 'frontend', port: 80, state: 'served' },
            { path: '/old', service: 'nobody', state: 'no-service' },
            { path: '/ads', service: 'adservice', state: 'no-port' },
          ],
        });
      });

      it('sees that Kyverno judges the writes', async () => {
        const answer = await createKyverno({ list: kubernetes.list }).policies();
        expect(answer.outcome === 'found' && answer.value).toContainEqual({
          name: 'ai4all-sre-replicas',
          action: 'Deny',
          ready: true,
        });
      });
    });

    describe('writing', () => {
      it('rehearses the exact patch and leaves everything as it was', async () => {
        const target = deployment('adservice');
        const before = await live(target);
        const answer = await kubernetes.writer.dryRun(scaleTo('adservice', 3), await stampFor(target));
        expect(answer).toMatchObject({ kind: 'accepted', after: { spec: { replicas: 3 } } });
        expect(answer.kind === 'accepted' && valueAt(answer.before, 'spec')).toEqual(valueAt(before, 'spec'));
        expect(valueAt(await live(target), 'spec')).toEqual(valueAt(before, 'spec'));
      });

      it.each<Patch['type']>(['json', 'merge', 'strategic'])('writes a %s patch with its stamp in it', async (type) => {
        const target = deployment('emailservice');
        const replicas = { json: 3, merge: 4, strategic: 5 }[type];
        const body =
          type === 'json' ? [{ op: 'replace', path: '/spec/replicas', value: replicas }] : { spec: { replicas } };
        const stamp = await written({ target, type, body });
        const after = await live(target);
        expect(after).toMatchObject({
          metadata: {
            annotations: {
              'sre.ai4all.dev/incident-uid': stamp.incidentUid,
              'sre.ai4all.dev/action-id': stamp.actionId,
            },
          },
          spec: { replicas },
        });
        expect(JSON.stringify(valueAt(after, 'metadata', 'managedFields'))).toContain('"manager":"ai4all-sre"');
        expect(await kubernetes.writer.readBack(target, stamp.actionId)).toMatchObject({ kind: 'ours' });
        expect(await kubernetes.writer.readBack(target, 'another')).toMatchObject({ kind: 'not_ours' });
      });

      it.each<Patch['type']>(['json', 'merge', 'strategic'])(
        'refuses a %s patch for an object that moved on',
        async (type) => {
          const target = deployment('paymentservice');
          const stamp = await stampFor(target);
          await edit(target, { metadata: { annotations: { note: type } } });
          const body =
            type === 'json' ? [{ op: 'replace', path: '/spec/replicas', value: 3 }] : { spec: { replicas: 3 } };
          expect(await kubernetes.writer.dryRun({ target, type, body }, stamp)).toEqual({ kind: 'conflict' });
          expect(await kubernetes.writer.write({ target, type, body }, stamp)).toEqual({ kind: 'conflict' });
        },
      );

      it('hears the policy that forbids a write, in the rehearsal as in earnest', async () => {
        const target = deployment('adservice');
        const denial = { kind: 'denied', by: 'admission', policy: 'ai4all-sre-replicas' };
        const stamp = await stampFor(target);
        expect(await kubernetes.writer.dryRun(scaleTo('adservice', 25), stamp)).toMatchObject(denial);
        expect(await kubernetes.writer.write(scaleTo('adservice', 25), stamp)).toMatchObject(denial);
      });

      it('tells a forbidden kind, an absent object and an unfit patch apart', async () => {
        const account: ObjectRef = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'cashier' };
        await create(account, { automountServiceAccountToken: false });
        const power: Patch = { target: account, type: 'merge', body: { automountServiceAccountToken: true } };
        expect(await kubernetes.writer.write(power, await stampFor(account))).toMatchObject({
          kind: 'denied',
          by: 'rbac',
        });
        const nobody = { incidentUid: 'i', actionId: 'a', resourceVersion: '1' };
        expect(await kubernetes.writer.write(scaleTo('nobody', 2), nobody)).toMatchObject({
          kind: 'denied',
          by: 'not_found',
        });
        expect(await kubernetes.writer.readBack(deployment('nobody'), 'a')).toEqual({ kind: 'gone' });
        const target = deployment('adservice');
        const unfit: Patch = { target, type: 'json', body: [{ op: 'replace', path: '/spec/replicas', value: 'many' }] };
        expect(await kubernetes.writer.dryRun(unfit, await stampFor(target))).toMatchObject({
          kind: 'denied',
          by: 'schema',
        });
      });
    });

    describe('the flight recorder', () => {
      it('notes which field was changed from what to what, by whom and when', async () => {
        await edit(deployment('currencyservice'), { spec: { replicas: 3 } });
        await soon(async () => {
          const changes = await changesOf('currencyservice');
          expect(changes).toMatchObject([{ path: '/spec/replicas', before: 1, after: 3, manager: 'kubectl-edit' }]);
          expect(Math.abs(Date.parse(changes[0]?.at ?? '') - Date.now())).toBeLessThan(60_000);
        });
      });

      it('notes its own writes under its own name, and nothing of the status that controllers report', async () => {
        await written(scaleTo('shippingservice', 3));
        await soon(async () => {
          expect(await changesOf('shippingservice')).toMatchObject([{ path: '/spec/replicas', manager: 'ai4all-sre' }]);
        });
      });

      it('notes a Service whose selector drifts, and then knows what should be behind it', async () => {
        const target: ObjectRef = { apiVersion: 'v1', kind: 'Service', namespace, name: 'frontend-external' };
        await edit(target, { spec: { selector: { app: 'frontend-v2' } } });
        await soon(async () => {
          const answer = await kubernetes.cluster.services(namespace);
          const drifted =
            answer.outcome === 'found' && answer.value.find(({ service }) => service.name === 'frontend-external');
          expect(drifted).toMatchObject({ matches: [], expected: ['frontend'] });
        });
      });

      it('notes what was created and what was deleted, with passwords hidden', async () => {
        const notes: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'notes' };
        await create(notes, { data: { mode: 'fast', DB_PASSWORD: 'swordfish' } });
        await soon(async () => {
          expect(await changesOf('notes')).toMatchObject([{ path: '', after: { data: { mode: 'fast' } } }]);
        });
        const path = await admin.paths.of(notes);
        await admin.connection.send({ method: 'DELETE', path: path ?? '' });
        await soon(async () => {
          expect(await changesOf('notes')).toMatchObject([{}, { path: '', before: { data: { mode: 'fast' } } }]);
        });
        expect(JSON.stringify(await changesOf('notes'))).not.toContain('swordfish');
      });

      it('says that it may not see Secrets, and is not the less sure of the rest', async () => {
        const health = await kubernetes.health();
        expect(health).toMatchObject({ reachable: true });
        expect(health.blind).toEqual([expect.stringContaining(`Secret in ${namespace}: 403`)]);
        expect(await kubernetes.recorder.since('elsewhere', wallClock.now())).toMatchObject({ outcome: 'unreachable' });
      });
    });
  });
};
