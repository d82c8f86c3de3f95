import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createKubernetes, type Kubernetes } from '../../src/adapters/kubernetes/create-kubernetes.ts';
import { denialOf } from '../../src/adapters/kubernetes/denial.ts';
import { createKyverno } from '../../src/adapters/kyverno/create-kyverno.ts';
import { requiredPolicies } from '../../src/adapters/kyverno/required-policies.ts';
import { troubleOfChallenge, troubleOfPolicies } from '../../src/flow/policy-guard.ts';
import { type Cluster, startCluster } from '../../src/lab/cluster/cluster.ts';
import { laboratoryManifests } from './kubernetes-laboratory.ts';
import { createMemoryRecords, quietLog, wallClock } from './kubernetes-parts.ts';

const folder = new URL('../../manifests/kyverno/', import.meta.url);
const policies = 'validatingpolicies';
const webhooks = 'validatingwebhookconfigurations';
const configuration = 'kyverno-resource-validating-webhook-cfg';
const target = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'online-boutique', name: 'adservice' };

let cluster: Cluster;
let kubernetes: Kubernetes;

beforeEach(async () => {
  cluster = await startCluster({ nowMs: Date.now, manifests: laboratoryManifests });
  kubernetes = createKubernetes({
    kubeconfig: cluster.kubeconfig('bot'),
    actAccount: { namespace: 'sre', name: 'ai4all-sre-act' },
    namespaces: ['online-boutique'],
    records: createMemoryRecords(),
    clock: wallClock,
    log: quietLog,
  });
});
afterEach(() => cluster.close());

const edit = (name: string, spec: object): void => {
  const object = cluster.store.get(policies, '', name);
  if (object === undefined) throw new Error(`no policy ${name}`);
  const { resourceVersion: _version, ...metadata } = object.metadata;
  cluster.store.update(policies, { ...object, metadata, spec: { ...object.spec, ...spec } }, 'kubectl');
};

const said = async (): Promise<string | null> =>
  troubleOfPolicies(await createKyverno({ list: kubernetes.list, required: requiredPolicies }).policies());

const challenge = () => kubernetes.writer.challenge(target, { incidentUid: 'uid', actionId: 'action' });

describe('whether the policies stand guard', () => {
  it('they do when all that are on file are in force', async () => {
    const files = readdirSync(folder).filter((name) => name !== 'kustomization.yaml');
    const onFile = files
      .map((name) => parse(readFileSync(new URL(name, folder), 'utf8')))
      .filter(({ kind }) => kind === 'ValidatingPolicy')
      .map(({ metadata }) => metadata.name);
    expect([...requiredPolicies].sort()).toEqual(onFile.sort());
    expect(await said()).toBeNull();
    const refused = await challenge();
    expect(refused).toMatchObject({ kind: 'denied', by: 'admission', policy: expect.stringMatching(/^ai4all-sre-/) });
    expect(troubleOfChallenge(refused)).toBeNull();
  });

  it('not when one of them is missing', async () => {
    cluster.store.remove(policies, '', 'ai4all-sre-images');
    expect(await said()).toBe('policy "ai4all-sre-images" is missing');
  });

  it('not when one of them only audits, or only warns', async () => {
    edit('ai4all-sre-images', { validationActions: ['Audit'] });
    edit('ai4all-sre-kinds', { validationActions: ['Warn'] });
    expect(await said()).toBe('policy "ai4all-sre-images" only audits, policy "ai4all-sre-kinds" only warns');
  });

  it('not when one of them cannot be read by Kyverno', async () => {
    edit('ai4all-sre-images', { validations: [{ expression: 'object.' }] });
    expect(await said()).toBe('policy "ai4all-sre-images" is not ready');
  });

  it('not when their webhook lets everything pass while Kyverno is away', async () => {
    edit('ai4all-sre-images', { failurePolicy: 'Ignore' });
    expect(await said()).toMatch(/^policy "ai4all-sre-images" lets writes pass when Kyverno does not answer/);
  });

  it('not when the webhook configuration is gone, which no policy tells', async () => {
    cluster.store.remove(webhooks, '', configuration);
    expect(await said()).toMatch(/^no Kyverno policy that can deny is in force/);
    expect(troubleOfChallenge(await challenge())).toMatch(/^a write without annotations was let through/);
  });

  it('not when a webhook has lost one of the policies', async () => {
    const object = cluster.store.get(webhooks, '', configuration);
    if (object === undefined) throw new Error('no configuration');
    const { resourceVersion: _version, ...metadata } = object.metadata;
    const rest = (object.webhooks as readonly { readonly name: string }[]).filter(
      ({ name }) => !name.endsWith('-images'),
    );
    cluster.store.update(webhooks, { ...object, metadata, webhooks: rest }, 'kubectl');
    expect(await said()).toBe('policy "ai4all-sre-images" is asked by no webhook');
  });

  it('not when every policy is told to mean somebody else, which only a challenge shows', async () => {
    const matchConditions = [{ name: 'is-the-bot', expression: 'request.userInfo.username == "nobody"' }];
    for (const name of requiredPolicies) edit(name, { matchConditions });
    expect(await said()).toBeNull();
    expect(troubleOfChallenge(await challenge())).toMatch(/^a write without annotations was let through/);
  });

  it('not when Kyverno does not answer', async () => {
    cluster.setKyverno(false);
    const answer = await challenge();
    expect(answer).toMatchObject({ kind: 'denied', by: 'unguarded' });
    expect(troubleOfChallenge(answer)).toMatch(/^Kyverno does not answer: .*failed calling webhook/);
  });

  it('not when Kyverno does not answer in time', () => {
    const why =
      'failed to call webhook: Post "https://kyverno-svc.kyverno.svc:443/vpol?timeout=10s": context deadline exceeded';
    const message = `Internal error occurred: failed calling webhook "vpol.validate.kyverno.svc-fail": ${why}`;
    const reply = { kind: 'reply', status: 500, headers: {}, body: { kind: 'Status', message } } as const;
    expect(denialOf(reply)).toMatchObject({ by: 'unguarded' });
    const other = { ...reply, body: { kind: 'Status', message: message.replace('kyverno.svc-fail', 'somebody.else') } };
    expect(denialOf(other)).toMatchObject({ by: 'admission' });
  });
});
