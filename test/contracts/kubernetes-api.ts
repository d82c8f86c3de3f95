import { randomUUID } from 'node:crypto';
import * as k8s from '@kubernetes/client-node';
import { PatchStrategy } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Clients,
  clientsOf,
  deploymentOf,
  keepHeaders,
  patchAs,
  refusalOf,
  watchInto,
  watchRaw,
} from './kubernetes-api-client.ts';

/** One line of the audit log, as far as the contract looks. */
export interface AuditLine {
  readonly auditID: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly userAgent: string;
  readonly stage: string;
  readonly objectRef?: Readonly<Record<string, string>>;
  readonly responseStatus: Readonly<Record<string, unknown>>;
  readonly requestObject?: unknown;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A cluster that the contract is held against. What is optional is tested where it is given. */
export interface KubernetesUnderTest {
  /** Kubeconfig of a member of system:masters. */
  readonly admin: string;
  /** Kubeconfig of the service account `sre/ai4all-sre`; the bot's RBAC and Kyverno policies are installed. */
  readonly bot: string;
  readonly auditEvents?: () => readonly AuditLine[];
  readonly setKyverno?: (available: boolean) => void | Promise<void>;
  /** Makes the server forget its oldest revisions. */
  readonly forgetHistory?: (namespace: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

const botUser = 'system:serviceaccount:sre:ai4all-sre';
const stamp = () => ({ 'sre.ai4all.dev/incident-uid': randomUUID(), 'sre.ai4all.dev/action-id': randomUUID() });

/** The promises of the Kubernetes API that the bot builds on; `open` starts or finds a cluster. */
export const kubernetesApiContract = (open: () => Promise<KubernetesUnderTest>): void => {
  let cluster: KubernetesUnderTest;
  let admin: Clients;
  let bot: Clients;
  const namespace = `contract-${randomUUID().slice(0, 8)}`;
  const web = { name: 'web', namespace };
  const readWeb = () => admin.apps.readNamespacedDeployment(web);

  beforeAll(async () => {
    cluster = await open();
    admin = clientsOf(cluster.admin);
    bot = clientsOf(cluster.bot);
    await admin.core.createNamespace({
      body: { metadata: { name: namespace, labels: { 'sre.ai4all.dev/managed': 'true' } } },
    });
    await admin.rbac.createNamespacedRole({
      namespace,
      body: {
        metadata: { name: 'act' },
        rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch'] }],
      },
    });
    await admin.rbac.createNamespacedRoleBinding({
      namespace,
      body: {
        metadata: { name: 'act' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'act' },
        subjects: [{ kind: 'ServiceAccount', name: 'ai4all-sre', namespace: 'sre' }],
      },
    });
    await admin.apps.createNamespacedDeployment({ namespace, body: deploymentOf('web', namespace) });
  });

  afterAll(async () => {
    await admin.core.deleteNamespace({ name: namespace });
    await cluster.close();
  });

  describe('discovery', () => {
    it('finds any kind by its apiVersion and kind', async () => {
      const found = await admin.any.read({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: web });
      expect(found.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('has nothing at the path of a kind that is not served', async () => {
      const call = admin.custom.listClusterCustomObject({ group: 'nobody.example', version: 'v1', plural: 'things' });
      await expect(call).rejects.toMatchObject({ code: 404 });
    });
  });

  describe('create and read', () => {
    it('completes a Deployment as people rely on it', async () => {
      const { spec } = await readWeb();
      expect(spec).toMatchObject({
        replicas: 1,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      });
      expect(spec?.template.spec).toMatchObject({
        restartPolicy: 'Always',
        containers: [{ imagePullPolicy: 'IfNotPresent', resources: { limits: { cpu: '500m', memory: '256Mi' } } }, {}],
      });
      // What a limit asks for is filled in when there is a pod, not before.
      expect(spec?.template.spec?.containers[0]?.resources?.requests).toBeUndefined();
    });

    it('writes quantities back in their canonical form', async () => {
      const body = deploymentOf('odd', namespace);
      const limits = { cpu: '0.5', memory: '1024Mi' };
      if (body.spec?.template.spec?.containers[0]) body.spec.template.spec.containers[0].resources = { limits };
      const made = await admin.apps.createNamespacedDeployment({ namespace, body, dryRun: 'All' });
      expect(made.spec?.template.spec?.containers[0]?.resources?.limits).toEqual({ cpu: '500m', memory: '1Gi' });
    });

    it('gives a Service its type, address and target ports', async () => {
      const body = { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } };
      const { spec } = await admin.core.createNamespacedService({ namespace, body });
      expect(spec).toMatchObject({ type: 'ClusterIP', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] });
      expect(spec?.clusterIP).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    });

    it('names an object that asks for a generated name', async () => {
      const body = { metadata: { generateName: 'note-' }, data: { a: 'b' } };
      const { metadata } = await admin.core.createNamespacedConfigMap({ namespace, body });
      expect(metadata?.name).toMatch(/^note-[a-z0-9]{5}$/);
    });

    it('refuses a name that is taken, one that is missing, and a namespace that is not there', async () => {
      const body = deploymentOf('web', namespace);
      const taken = await refusalOf(admin.apps.createNamespacedDeployment({ namespace, body }));
      expect(taken.status).toMatchObject({
        kind: 'Status',
        status: 'Failure',
        reason: 'AlreadyExists',
        message: 'deployments.apps "web" already exists',
        details: { name: 'web', group: 'apps', kind: 'deployments' },
      });
      const gone = await refusalOf(admin.apps.readNamespacedDeployment({ name: 'nope', namespace }));
      expect(gone).toMatchObject({
        code: 404,
        status: { reason: 'NotFound', message: 'deployments.apps "nope" not found' },
      });
      const map = { metadata: { name: 'x' } };
      const nowhere = await refusalOf(admin.core.createNamespacedConfigMap({ namespace: 'nowhere', body: map }));
      expect(nowhere.status.message).toBe('namespaces "nowhere" not found');
    });

    it('says of each wrong field what is wrong with it', async () => {
      const body = deploymentOf('Bad_Name', namespace);
      if (body.spec) body.spec.replicas = -1;
      const { code, status } = await refusalOf(admin.apps.createNamespacedDeployment({ namespace, body }));
      expect(code).toBe(422);
      expect(status.message).toMatch(/^Deployment\.apps "Bad_Name" is invalid: \[metadata\.name: Invalid value/);
      expect(status.details?.causes).toContainEqual({
        reason: 'FieldValueInvalid',
        message: 'Invalid value: -1: must be greater than or equal to 0',
        field: 'spec.replicas',
      });
    });
  });

  describe('lists', () => {
    const names = (items: readonly { metadata?: { name?: string } }[]) => items.map(({ metadata }) => metadata?.name);

    beforeAll(async () => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        const labels = { set: 'pages', even: String(['b', 'd'].includes(name)) };
        await admin.core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels } } });
      }
    });

    it('selects by labels, by sets of values and by fields', async () => {
      const list = async (labelSelector: string, fieldSelector?: string) => {
        const request = { namespace, labelSelector, ...(fieldSelector === undefined ? {} : { fieldSelector }) };
        return names((await admin.core.listNamespacedConfigMap(request)).items);
      };
      expect(await list('set=pages,even!=true')).toEqual(['a', 'c', 'e']);
      expect(await list('set in (pages, other),even notin (false)')).toEqual(['b', 'd']);
      expect(await list('set,!absent', 'metadata.name=c')).toEqual(['c']);
    });

    it('refuses selectors that it cannot read or serve', async () => {
      const wrong = await refusalOf(admin.core.listNamespacedConfigMap({ namespace, labelSelector: 'a in b' }));
      const other = await refusalOf(admin.core.listNamespacedConfigMap({ namespace, fieldSelector: 'data.a=b' }));
      expect(wrong).toMatchObject({ code: 400, status: { reason: 'BadRequest' } });
      expect(other.status.message).toBe(
        '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
      );
      const pods = await refusalOf(admin.core.listNamespacedPod({ namespace, fieldSelector: 'spec.a=b' }));
      expect(pods.status.message).toContain('field label not supported: spec.a');
    });

    it('gives long lists in pages that miss and repeat nothing', async () => {
      const pages: (string | undefined)[][] = [];
      let next: string | undefined;
      do {
        const request = { namespace, labelSelector: 'set=pages', limit: 2 };
        const page = await admin.core.listNamespacedConfigMap(
          next === undefined ? request : { ...request, _continue: next },
        );
        pages.push(names(page.items));
        next = page.metadata?._continue;
      } while (next);
      expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    });
  });

  describe('metadata alone', () => {
    const list = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    const single = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
    const inForm = (accept: string) => k8s.setHeaderOptions('Accept', accept);

    it('comes of a list, and of one object, each by its own name', async () => {
      const { items } = await admin.apps.listNamespacedDeployment({ namespace }, inForm(list));
      expect(items.find(({ metadata }) => metadata?.name === 'web')).toMatchObject({ metadata: { namespace } });
      expect(items.every(({ spec }) => spec === undefined)).toBe(true);
      const one = await admin.apps.readNamespacedDeployment(web, inForm(single));
      expect([one.kind, one.spec]).toEqual(['PartialObjectMetadata', undefined]);
    });

    it('does not come by the name of the other, whatever else the client would take', async () => {
      const ofList = await refusalOf(admin.apps.listNamespacedDeployment({ namespace }, inForm(`${single},${list}`)));
      expect(ofList).toMatchObject({ code: 406, status: { reason: 'NotAcceptable' } });
      expect(ofList.status.message).toMatch(/^you requested PartialObjectMetadata, but the requested object is a list/);
      const ofOne = await refusalOf(admin.apps.readNamespacedDeployment(web, inForm(`${list},${single}`)));
      expect(ofOne.status.message).toMatch(/^you requested PartialObjectMetadataList, but .* is not a list/);
    });

    it('is watched by the name of one, for a line is no list', async () => {
      const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
      const { reply, stop } = await watchRaw(admin, path, single);
      await vi.waitFor(() => expect(reply()).toContain('"kind":"PartialObjectMetadata"'), { timeout: 20_000 });
      stop();
      const deaf = await watchRaw(admin, path, list);
      await vi.waitFor(() => expect(deaf.ended()).toBe(true), { timeout: 20_000 });
      expect(deaf.reply()).toBe('');
    });
  });

  describe('patches', () => {
    const patch = (body: unknown, strategy: string, extra: object = {}) =>
      admin.apps.patchNamespacedDeployment({ ...web, body, ...extra }, patchAs(strategy));

    it('merges containers by name in a strategic merge patch, and puts what is new first', async () => {
      const containers = [{ name: 'server', env: [{ name: 'MODE', value: 'new' }] }];
      const { spec } = await patch({ spec: { template: { spec: { containers } } } }, PatchStrategy.StrategicMergePatch);
      const [server, proxy] = spec?.template.spec?.containers ?? [];
      expect(server?.env).toEqual([
        { name: 'MODE', value: 'new' },
        { name: 'PORT', value: '8080' },
      ]);
      expect([server?.image, proxy?.name]).toEqual(['shop/web:1', 'proxy']);
    });

    it('deletes an item by the $patch directive', async () => {
      const containers = [{ name: 'server', env: [{ name: 'MODE', $patch: 'delete' }] }];
      const { spec } = await patch({ spec: { template: { spec: { containers } } } }, PatchStrategy.StrategicMergePatch);
      expect(spec?.template.spec?.containers[0]?.env).toEqual([{ name: 'PORT', value: '8080' }]);
    });

    it('replaces lists and removes nulls in a merge patch', async () => {
      const body = { metadata: { labels: { app: 'web', team: 'x' } } };
      await patch(body, PatchStrategy.MergePatch);
      const { metadata } = await patch({ metadata: { labels: { team: null } } }, PatchStrategy.MergePatch);
      expect(metadata?.labels).toEqual({ app: 'web' });
    });

    it('refuses a JSON patch whose test fails, without saying why', async () => {
      const body = [
        { op: 'test', path: '/metadata/resourceVersion', value: '1' },
        { op: 'replace', path: '/spec/replicas', value: 3 },
      ];
      const { code, status } = await refusalOf(patch(body, PatchStrategy.JsonPatch));
      expect({ code, reason: status.reason }).toEqual({ code: 422, reason: 'Invalid' });
      expect(status.message).toBe('the server rejected our request due to an error in our request');
      expect((await readWeb()).spec?.replicas).toBe(1);
    });

    it('refuses a patch that carries a stale resourceVersion', async () => {
      const body = { metadata: { resourceVersion: '1' }, spec: { replicas: 3 } };
      const { code, status } = await refusalOf(patch(body, PatchStrategy.MergePatch));
      expect({ code, reason: status.reason }).toEqual({ code: 409, reason: 'Conflict' });
      expect(status.message).toBe(
        'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
      );
    });

    it('refuses what would make the object invalid', async () => {
      const requests = { cpu: '2' };
      const containers = [{ name: 'server', resources: { requests } }];
      const above = await refusalOf(
        patch({ spec: { template: { spec: { containers } } } }, PatchStrategy.StrategicMergePatch),
      );
      expect(above.status.details?.causes?.[0]).toEqual({
        reason: 'FieldValueInvalid',
        message: 'Invalid value: "2": must be less than or equal to cpu limit of 500m',
        field: 'spec.template.spec.containers[0].resources.requests',
      });
      const selector = { matchLabels: { app: 'other' } };
      const moved = await refusalOf(
        patch({ spec: { selector, template: { metadata: { labels: { app: 'other' } } } } }, PatchStrategy.MergePatch),
      );
      expect(moved.status.message).toContain('field is immutable');
      const word = await refusalOf(
        patch([{ op: 'replace', path: '/spec/replicas', value: 'three' }], PatchStrategy.JsonPatch),
      );
      expect(word.code).toBe(422);
    });

    it('refuses a media type that is no patch', async () => {
      const { code, status } = await refusalOf(patch({}, 'application/json'));
      expect({ code, reason: status.reason }).toEqual({ code: 415, reason: 'UnsupportedMediaType' });
    });

    it('shows a dry run and keeps nothing of it', async () => {
      const before = await readWeb();
      const shown = await patch({ spec: { replicas: 7 } }, PatchStrategy.MergePatch, { dryRun: 'All' });
      expect(shown.spec?.replicas).toBe(7);
      expect(await readWeb()).toEqual(before);
    });

    it('raises the generation for a change of spec or annotations, and nothing at all for no change', async () => {
      const before = await readWeb();
      const same = await patch({ spec: { replicas: before.spec?.replicas } }, PatchStrategy.MergePatch);
      expect(same.metadata?.resourceVersion).toBe(before.metadata?.resourceVersion);
      const noted = await patch({ metadata: { annotations: { note: 'x' } } }, PatchStrategy.MergePatch);
      expect(noted.metadata?.generation).toBe((before.metadata?.generation ?? 0) + 1);
      const named = await patch({ metadata: { labels: { note: 'x' } } }, PatchStrategy.MergePatch);
      expect(named.metadata?.generation).toBe(noted.metadata?.generation);
      const grown = await patch({ spec: { replicas: 2 } }, PatchStrategy.MergePatch);
      expect(grown.metadata?.generation).toBe((noted.metadata?.generation ?? 0) + 1);
    });

    it('records who wrote which field', async () => {
      const containers = [{ name: 'server', image: 'shop/web:2' }];
      const body = { spec: { template: { spec: { containers } } } };
      const { metadata } = await patch(body, PatchStrategy.StrategicMergePatch, { fieldManager: 'ai4all-sre' });
      const mine = metadata?.managedFields?.find(({ manager }) => manager === 'ai4all-sre');
      expect(mine).toMatchObject({
        operation: 'Update',
        apiVersion: 'apps/v1',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"server"}': { 'f:image': {} } } } } },
        },
      });
      const others = metadata?.managedFields?.filter(({ manager }) => manager !== 'ai4all-sre');
      expect(JSON.stringify(others)).not.toMatch(/\{"name":"server\\"\}":\{[^}]*"f:image"/);
    });
  });

  describe('server-side apply', () => {
    const apply = (spec: object, fieldManager: string, force = false) =>
      admin.apps.patchNamespacedDeployment(
        {
          name: 'applied',
          namespace,
          body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'applied' }, spec },
          fieldManager,
          force,
        },
        patchAs(PatchStrategy.ServerSideApply),
      );
    const { spec: wanted } = deploymentOf('applied', namespace);

    it('creates, then gives up fields that the manager no longer names', async () => {
      await apply({ ...wanted, minReadySeconds: 5 }, 'git');
      const { spec } = await apply({ ...wanted }, 'git');
      expect(spec?.minReadySeconds ?? 0).toBe(0);
    });

    it("refuses to take another manager's field unless told to", async () => {
      await apply({ ...wanted, replicas: 2 }, 'git');
      const { code, status } = await refusalOf(apply({ replicas: 4 }, 'robot'));
      expect({ code, reason: status.reason }).toEqual({ code: 409, reason: 'Conflict' });
      expect(status.details?.causes).toEqual([
        { reason: 'FieldManagerConflict', message: 'conflict with "git"', field: '.spec.replicas' },
      ]);
      expect((await apply({ replicas: 4 }, 'robot', true)).spec?.replicas).toBe(4);
      await admin.apps.patchNamespacedDeployment(
        { name: 'applied', namespace, body: { spec: { replicas: 5 } }, fieldManager: 'hand' },
        patchAs(PatchStrategy.MergePatch),
      );
      const written = await refusalOf(apply({ ...wanted, replicas: 6 }, 'git'));
      expect(written.status.details?.causes?.[0]?.message).toBe('conflict with "hand" using apps/v1');
    });
  });

  describe('subresources', () => {
    it('scales through the Scale view', async () => {
      await admin.apps.patchNamespacedDeploymentScale(
        { ...web, body: { spec: { replicas: 3 } } },
        patchAs(PatchStrategy.MergePatch),
      );
      const scale = await admin.apps.readNamespacedDeploymentScale(web);
      expect(scale).toMatchObject({ kind: 'Scale', spec: { replicas: 3 }, status: { selector: 'app=web' } });
    });

    it('keeps status and spec apart', async () => {
      const status = { replicas: 3, observedGeneration: 1 };
      const after = await admin.apps.patchNamespacedDeploymentStatus(
        { ...web, body: { spec: { replicas: 9 }, status } },
        patchAs(PatchStrategy.MergePatch),
      );
      expect([after.spec?.replicas, after.status?.replicas]).toEqual([3, 3]);
    });

    it('wants to know which container when a pod has several', async () => {
      const containers = ['a', 'b'].map((name) => ({ name, image: 'shop/web:1' }));
      await admin.core.createNamespacedPod({ namespace, body: { metadata: { name: 'two' }, spec: { containers } } });
      const { code, status } = await refusalOf(admin.core.readNamespacedPodLog({ name: 'two', namespace }));
      expect(code).toBe(400);
      expect(status.message).toMatch(/^a container name must be specified for pod two, choose one of: \[a b\]/);
    });
  });

  describe('delete', () => {
    it('holds to its preconditions', async () => {
      await admin.core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'doomed' } } });
      const doomed = { name: 'doomed', namespace };
      const uid = randomUUID();
      const { code, status } = await refusalOf(
        admin.core.deleteNamespacedConfigMap({ ...doomed, body: { preconditions: { uid } } }),
      );
      expect({ code, reason: status.reason }).toEqual({ code: 409, reason: 'Conflict' });
      expect(status.message).toContain(
        `Operation cannot be fulfilled on ConfigMap "doomed": the UID in the precondition (${uid}) does not match the UID in record (`,
      );
      await admin.core.deleteNamespacedConfigMap(doomed);
      expect((await refusalOf(admin.core.readNamespacedConfigMap(doomed))).code).toBe(404);
    });

    it('takes along what the object owned', async () => {
      const owner = await admin.core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'owner' } } });
      const uid = owner.metadata?.uid ?? '';
      const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
      const body = { metadata: { name: 'owned', ownerReferences } };
      await admin.core.createNamespacedConfigMap({ namespace, body });
      await admin.core.deleteNamespacedConfigMap({ name: 'owner', namespace });
      await vi.waitFor(
        () =>
          expect(admin.core.readNamespacedConfigMap({ name: 'owned', namespace })).rejects.toMatchObject({ code: 404 }),
        { timeout: 20_000 },
      );
    });
  });

  describe('watches', () => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const make = (name: string, watched = 'yes') =>
      admin.core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels: { watched } } } });
    const label = (name: string, watched: string) =>
      admin.core.patchNamespacedConfigMap(
        { name, namespace, body: { metadata: { labels: { watched } } } },
        patchAs(PatchStrategy.MergePatch),
      );

    it('tells of coming, changing and going, by what the selector means', async () => {
      const watch = await watchInto(admin, path, { labelSelector: 'watched=yes' });
      await make('w1');
      await make('other', 'no');
      await label('other', 'yes');
      await label('other', 'no');
      await admin.core.deleteNamespacedConfigMap({ name: 'w1', namespace });
      await vi.waitFor(() =>
        expect(watch.seen.map(({ type, name }) => `${type} ${name}`)).toEqual([
          'ADDED w1',
          'ADDED other',
          'DELETED other',
          'DELETED w1',
        ]),
      );
      watch.stop();
    });

    it('goes on from a resourceVersion without a gap', async () => {
      const { metadata } = await make('w2');
      await label('w2', 'still');
      const watch = await watchInto(admin, path, { resourceVersion: metadata?.resourceVersion ?? '' });
      await vi.waitFor(() => expect(watch.seen.map(({ type, name }) => `${type} ${name}`)).toEqual(['MODIFIED w2']));
      watch.stop();
    });

    it('ends by itself when its time is over, with a bookmark for who asked', async () => {
      const watch = await watchInto(admin, path, { timeoutSeconds: 1, allowWatchBookmarks: true });
      await vi.waitFor(() => expect(watch.ended()).toBe(true), { timeout: 10_000 });
      expect(watch.seen.at(-1)?.type).toBe('BOOKMARK');
    });

    it('says 410 Gone inside the stream when the history is no longer kept', async () => {
      if (cluster.forgetHistory === undefined) return;
      const { metadata } = await make('w3');
      await cluster.forgetHistory(namespace);
      const watch = await watchInto(admin, path, { resourceVersion: metadata?.resourceVersion ?? '' });
      await vi.waitFor(() => expect(watch.ended()).toBe(true));
      expect(watch.seen).toMatchObject([{ type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
    });
  });

  describe('access', () => {
    it('knows nobody by a wrong token', async () => {
      const stranger = clientsOf(cluster.bot.replace(/token: \S+/, 'token: wrong'));
      await expect(stranger.core.listNamespacedPod({ namespace })).rejects.toMatchObject({ code: 401 });
    });

    it('lets the bot read what it needs, and no secrets', async () => {
      expect((await bot.apps.listNamespacedDeployment({ namespace })).items.length).toBeGreaterThan(0);
      const { code, status } = await refusalOf(bot.core.listNamespacedSecret({ namespace }));
      expect(code).toBe(403);
      expect(status).toMatchObject({
        reason: 'Forbidden',
        message: `secrets is forbidden: User "${botUser}" cannot list resource "secrets" in API group "" in the namespace "${namespace}"`,
      });
    });

    it('names the object that may not be touched', async () => {
      const { status } = await refusalOf(bot.apps.deleteNamespacedDeployment(web));
      expect(status.message).toBe(
        `deployments.apps "web" is forbidden: User "${botUser}" cannot delete resource "deployments" in API group "apps" in the namespace "${namespace}"`,
      );
      expect(status.details).toEqual({ name: 'web', group: 'apps', kind: 'deployments' });
    });

    it('answers who asks what he may', async () => {
      const ask = async (verb: string) => {
        const resourceAttributes = { verb, group: 'apps', resource: 'deployments', namespace };
        const review = await bot.access.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } });
        return review.status?.allowed;
      };
      expect([await ask('patch'), await ask('delete')]).toEqual([true, false]);
    });
  });

  describe('policies', () => {
    const write = (annotations: Readonly<Record<string, string>>, extra: object = {}) =>
      bot.apps.patchNamespacedDeployment(
        { ...web, body: { metadata: { annotations } }, fieldManager: 'ai4all-sre', ...extra },
        patchAs(PatchStrategy.MergePatch),
      );

    it('refuse in the words of an admission webhook, in a dry run as in earnest', async () => {
      for (const extra of [{ dryRun: 'All' }, {}]) {
        const { code, status } = await refusalOf(write({}, extra));
        expect(code).toBe(400);
        expect(status.reason).toBeUndefined();
        expect(status.message).toMatch(
          /^admission webhook "vpol\.validate\.kyverno\.svc-fail[^"]*" denied the request: Policy ai4all-sre-traceable-writes failed: /,
        );
      }
    });

    it('refuse a write that hides behind the stamp of an earlier one', async () => {
      const annotations = stamp();
      await write(annotations);
      const { status } = await refusalOf(write({ ...annotations, note: 'x' }));
      expect(status.message).toContain('ai4all-sre-traceable-writes');
    });

    it('let a stamped write pass, and hinder nobody else', async () => {
      const annotations = stamp();
      const { metadata } = await write(annotations);
      expect(metadata?.annotations).toMatchObject(annotations);
      const body = { metadata: { annotations: { by: 'a person' } } };
      await admin.apps.patchNamespacedDeployment({ ...web, body }, patchAs(PatchStrategy.MergePatch));
    });

    it('fail closed for the bot alone while their engine is away', async () => {
      if (cluster.setKyverno === undefined) return;
      await cluster.setKyverno(false);
      const { code, status } = await refusalOf(write(stamp(), { dryRun: 'All' })).finally(() =>
        cluster.setKyverno?.(true),
      );
      expect({ code, reason: status.reason }).toEqual({ code: 500, reason: 'InternalError' });
      expect(status.message).toMatch(/^Internal error occurred: failed calling webhook "vpol\./);
    });
  });

  describe('audit', () => {
    it('gives back the Audit-ID of a request, and makes one where there is none', async () => {
      const id = `${randomUUID()}.${randomUUID()}`;
      const [mine, theirs]: Record<string, string>[] = [{}, {}];
      await bot.apps.readNamespacedDeployment(web, keepHeaders(mine ?? {}, { 'Audit-ID': id }));
      await bot.apps.readNamespacedDeployment(web, keepHeaders(theirs ?? {}));
      expect(mine?.['audit-id']).toBe(id);
      expect(theirs?.['audit-id']).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('leads from the Audit-ID to who wrote what, and what became of it', async () => {
      if (cluster.auditEvents === undefined) return;
      const [written, refused] = [randomUUID(), randomUUID()];
      const body = { metadata: { annotations: stamp() } };
      await bot.apps.patchNamespacedDeployment(
        { ...web, body },
        patchAs(PatchStrategy.MergePatch, { 'Audit-ID': written }),
      );
      await refusalOf(
        bot.apps.patchNamespacedDeployment(
          { ...web, body: {} },
          patchAs(PatchStrategy.MergePatch, { 'Audit-ID': refused }),
        ),
      );
      const eventOf = (id: string) => cluster.auditEvents?.().find(({ auditID }) => auditID === id);
      expect(eventOf(written)).toMatchObject({
        stage: 'ResponseComplete',
        verb: 'patch',
        user: { username: botUser },
        objectRef: { resource: 'deployments', namespace, name: 'web', apiGroup: 'apps', apiVersion: 'v1' },
        responseStatus: { code: 200 },
        requestObject: body,
        annotations: { 'authorization.k8s.io/decision': 'allow' },
      });
      expect(eventOf(refused)?.responseStatus).toMatchObject({ code: 400, status: 'Failure' });
    });
  });
};
