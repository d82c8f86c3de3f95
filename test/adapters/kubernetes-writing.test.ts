import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiServer } from '../../src/adapters/kubernetes/api-server.ts';
import { createChaosMesh } from '../../src/adapters/kubernetes/chaos-mesh.ts';
import { createClusterWriter } from '../../src/adapters/kubernetes/cluster-writer.ts';
import { denialOf } from '../../src/adapters/kubernetes/denial.ts';
import { stampedBody } from '../../src/adapters/kubernetes/stamped-patch.ts';
import { BotError } from '../../src/domain/bot-error.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Patch } from '../../src/domain/plan.ts';
import { type FakeApiServer, startFakeApiServer } from './kubernetes-fake.ts';

const target = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'cart' };
const stamp = { incidentUid: 'i-1', actionId: 'a-1', resourceVersion: '7' };
const annotations = { 'sre.ai4all.dev/incident-uid': 'i-1', 'sre.ai4all.dev/action-id': 'a-1' };
const denied = (status: number, message: string) => denialOf({ kind: 'reply', status, body: { message }, headers: {} });

describe('the stamp in a patch', () => {
  const anyAnnotations = fc.option(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), { nil: undefined });

  it('lands beside whatever annotations there are, or none, and leaves the rest of the change as it was', () => {
    const change = fc.constantFrom<jsonPatch.Operation[]>(
      [],
      [{ op: 'add', path: '/metadata/annotations', value: { own: 'x' } }],
      [{ op: 'replace', path: '/spec/replicas', value: 3 }],
    );
    fc.assert(
      fc.property(anyAnnotations, change, (present, operations) => {
        const live = {
          metadata: { resourceVersion: '7', ...(present === undefined ? {} : { annotations: present }) },
          spec: { replicas: 1 },
        };
        const patch: Patch = { target, type: 'json', body: operations as unknown as JsonObject[] };
        const body = structuredClone(stampedBody(patch, stamp, live)) as unknown as jsonPatch.Operation[];
        const expected = jsonPatch.applyPatch(structuredClone(live), structuredClone(operations)).newDocument;
        const stamped = jsonPatch.applyPatch(structuredClone(live), body, true).newDocument;
        expect(stamped.metadata).toEqual({
          ...expected.metadata,
          annotations: { ...expected.metadata.annotations, ...annotations },
        });
        expect(stamped.spec).toEqual(expected.spec);
      }),
    );
  });

  it('joins the metadata of a merge patch', () => {
    const body = { metadata: { labels: { a: 'b' }, annotations: { note: 'n' } }, spec: { replicas: 2 } };
    expect(stampedBody({ target, type: 'merge', body }, stamp, {})).toEqual({
      metadata: { labels: { a: 'b' }, resourceVersion: '7', annotations: { note: 'n', ...annotations } },
      spec: { replicas: 2 },
    });
  });
});

describe('what a refusal means', () => {
  it.each([
    [
      400,
      'admission webhook "vpol.validate.kyverno.svc-fail" denied the request: Policy no-latest failed: no',
      'no-latest',
    ],
    [
      400,
      'admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource Deployment/a/b was blocked due to the following policies \n\ndisallow-x:\n  rule: no\n',
      'disallow-x',
    ],
    [
      422,
      "deployments.apps \"a\" is forbidden: ValidatingAdmissionPolicy 'replica-cap' with binding 'b' denied request: no",
      'replica-cap',
    ],
    [403, 'admission webhook "gate.example" denied the request: closed', undefined],
    [403, 'pods "a" is forbidden: exceeded quota: q, requested: cpu=1', undefined],
    [403, 'pods "a" is forbidden: violates PodSecurity "restricted:latest": x', undefined],
    [500, 'Internal error occurred: failed calling webhook "gate.example": refused', undefined],
  ])('%i %s comes from admission', (status, message, policy) => {
    const denial = denied(status, message);
    expect(denial).toMatchObject({ kind: 'denied', by: 'admission' });
    expect(denial?.policy).toBe(policy);
  });

  it('a Kyverno that was to be asked and gave no answer is no denial by a policy', () => {
    const message = 'Internal error occurred: failed calling webhook "validate.kyverno.svc-fail": refused';
    expect(denied(500, message)).toMatchObject({ kind: 'denied', by: 'unguarded' });
  });

  it.each([
    [403, 'deployments.apps "a" is forbidden: User "x" cannot patch resource "deployments"', 'rbac'],
    [401, 'Unauthorized', 'rbac'],
    [404, 'deployments.apps "a" not found', 'not_found'],
    [422, 'Deployment.apps "a" is invalid: spec.replicas: Invalid value: -1', 'schema'],
    [400, 'unable to decode', 'schema'],
  ])('%i %s is a denial by %s', (status, message, by) => {
    expect(denied(status, message)).toMatchObject({ by });
  });

  it.each([200, 409, 429, 500, 502, 503, 504])('%i alone is no denial', (status) => {
    expect(denied(status, 'whatever')).toBeNull();
  });

  it('bounds and flattens what the server says', () => {
    expect(denied(422, `a\n\nb ${'x'.repeat(5_000)}`)?.message).toMatch(/^422: a b x{900,}$/);
    expect(denied(422, 'x'.repeat(5_000))?.message.length).toBeLessThanOrEqual(1_000);
  });
});

describe('a server in trouble', () => {
  let fake: FakeApiServer;
  beforeEach(async () => {
    fake = await startFakeApiServer();
  });
  afterEach(() => fake.close());

  const live = (resourceVersion: string) => ({ metadata: { resourceVersion, annotations: {} }, spec: { replicas: 1 } });
  const patch = (type: Patch['type']): Patch => ({
    target,
    type,
    body: type === 'json' ? [{ op: 'replace', path: '/spec/replicas', value: 2 }] : { spec: { replicas: 2 } },
  });
  const writer = () => createClusterWriter(createApiServer({ kubeconfig: fake.kubeconfig }));
  const answering = (status: number, message: string) =>
    fake.script(({ method }) => (method === 'GET' ? { status: 200, body: live('7') } : { status, body: { message } }));

  it.each([429, 500, 502, 503, 504])(
    'leaves a write that was answered %i in doubt, and a rehearsal unanswered',
    async (status) => {
      answering(status, 'try later');
      expect(await writer().write(patch('merge'), stamp)).toMatchObject({ kind: 'lost' });
      expect(await writer().dryRun(patch('merge'), stamp)).toMatchObject({ kind: 'unreachable' });
    },
  );

  it('takes a failed test for a conflict when the object has moved on meanwhile, and for an unfit patch when not', async () => {
    const message = 'the server rejected our request due to an error in our request';
    let version = '7';
    fake.script(({ method }) => {
      if (method === 'GET') return { status: 200, body: live(version) };
      version = '8';
      return { status: 422, body: { message } };
    });
    expect(await writer().write(patch('json'), stamp)).toEqual({ kind: 'conflict' });
    answering(422, message);
    expect(await writer().write(patch('json'), stamp)).toMatchObject({ kind: 'denied', by: 'schema' });
  });

  it('sends nothing for an object that is known to have moved on', async () => {
    fake.script(() => ({ status: 200, body: live('9') }));
    expect(await writer().write(patch('merge'), stamp)).toEqual({ kind: 'conflict' });
    expect(fake.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('rehearses exactly what it would write', async () => {
    fake.script(() => ({ status: 200, body: live('7') }));
    await writer().dryRun(patch('json'), stamp);
    await writer().write(patch('json'), stamp);
    const [dry, wet] = fake.requests.filter(({ method }) => method === 'PATCH');
    expect(dry?.body).toEqual(wet?.body);
    expect(dry?.headers['content-type']).toBe('application/json-patch+json');
    expect([dry, wet].map((sent) => [sent?.query.get('dryRun'), sent?.headers['audit-id']])).toEqual([
      ['All', 'i-1.a-1.dry'],
      [null, 'i-1.a-1'],
    ]);
    expect(wet?.query.get('fieldManager')).toBe('ai4all-sre');
  });

  describe('chaos by Chaos Mesh', () => {
    const experiment = {
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind: 'StressChaos',
      metadata: { name: 'burn-currency', namespace: 'shop' },
      spec: { mode: 'all', selector: { labelSelectors: { app: 'currencyservice' } }, stressors: {} },
    };
    const chaos = () => createChaosMesh(createApiServer({ kubeconfig: fake.kubeconfig }), [experiment]);
    const withCrd = (post: { readonly status: number; readonly body: unknown }) =>
      fake.script(({ method }) =>
        method === 'POST' ? post : { status: 200, body: { resources: [{ kind: 'StressChaos', name: 'stresschaos' }] } },
      );

    it('starts an experiment under a name of its own, with the note', async () => {
      withCrd({ status: 201, body: { metadata: { name: 'burn-currency-x7' } } });
      expect(await chaos().faults()).toEqual([
        { name: 'burn-currency', description: 'StressChaos on currencyservice', workload: 'currencyservice' },
      ]);
      expect(await chaos().inject('burn-currency', 'drill by alice')).toBe(
        'StressChaos on currencyservice: started as burn-currency-x7.',
      );
      expect(fake.requests.at(-1)).toMatchObject({
        path: '/apis/chaos-mesh.org/v1alpha1/namespaces/shop/stresschaos',
        body: {
          metadata: {
            generateName: 'burn-currency-',
            annotations: { 'sre.ai4all.dev/incident-note': 'drill by alice' },
          },
          spec: experiment.spec,
        },
      });
      expect(fake.requests.at(-1)?.body).not.toHaveProperty('metadata.name');
    });

    it('says what to do when Chaos Mesh is not there, the fault is unknown or the server refuses', async () => {
      await expect(chaos().inject('burn-currency', '')).rejects.toThrow(/install Chaos Mesh/);
      await expect(chaos().inject('nothing', '')).rejects.toThrow(/There is no fault "nothing": burn-currency/);
      withCrd({ status: 403, body: { message: 'no' } });
      await expect(chaos().inject('burn-currency', '')).rejects.toThrow(BotError);
      await fake.close();
      await expect(chaos().inject('burn-currency', '')).rejects.toMatchObject({ code: 'no_answer', retryable: true });
    });
  });
});
