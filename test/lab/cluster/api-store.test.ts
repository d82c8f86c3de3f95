import { describe, expect, it } from 'vitest';
import { createKubeStore } from '../../../src/lab/cluster/create-kube-store.ts';
import type { KubeObject } from '../../../src/lab/cluster/kube-object.ts';
import type { StoreEvent } from '../../../src/lab/cluster/kube-store.ts';

const deployment = (name: string, image = 'shop/web:1'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop', labels: { app: name } },
  spec: {
    replicas: 1,
    template: { spec: { containers: [{ name: 'server', image, env: [{ name: 'A', value: '1' }] }] } },
  },
});

const owned = (kind: string, name: string, owners: readonly KubeObject[]): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: {
    name,
    namespace: 'shop',
    ownerReferences: owners.map((owner) => ({
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: owner.metadata.name,
      uid: owner.metadata.uid ?? '',
    })),
  },
});

const newStore = (historyMax = 100) =>
  createKubeStore({ now: () => Date.parse('2026-03-01T10:00:00.500Z'), historyMax });

describe('the cluster state in memory', () => {
  it('stamps a new object with identity, revision, generation and time', () => {
    const { metadata } = newStore().create('deployments', deployment('web'), 'kubectl');
    expect(metadata).toMatchObject({
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-03-01T10:00:00Z',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('gives out objects that nobody can change', () => {
    const store = newStore();
    const mine = deployment('web');
    const stored = store.create('deployments', mine, 'kubectl');
    expect(() => Object.assign(stored.spec.template.spec.containers[0], { image: 'x' })).toThrow(TypeError);
    expect(Object.isFrozen(mine.spec)).toBe(false);
  });

  it('raises the generation for a change of the spec only', () => {
    const store = newStore();
    const first = store.create('deployments', deployment('web'), 'a');
    const labelled = store.update(
      'deployments',
      { ...first, metadata: { ...first.metadata, labels: { x: 'y' } } },
      'a',
    );
    const reported = store.updateStatus('deployments', { ...labelled, status: { replicas: 1 } }, 'a');
    const changed = store.update('deployments', { ...reported, spec: { ...first.spec, replicas: 2 } }, 'a');
    expect([labelled, reported, changed].map(({ metadata }) => metadata.generation)).toEqual([1, 1, 2]);
    expect(changed.status).toEqual({ replicas: 1 });
  });

  it('ignores a status in an update and a spec in a status update', () => {
    const store = newStore();
    const first = store.create('deployments', deployment('web'), 'a');
    const updated = store.update('deployments', { ...first, status: { replicas: 9 } }, 'a');
    const reported = store.updateStatus('deployments', { ...updated, spec: {}, status: { replicas: 1 } }, 'a');
    expect(reported).toMatchObject({ spec: { replicas: 1 }, status: { replicas: 1 } });
    expect(updated.status).toBeUndefined();
  });

  it('refuses a name twice, a stale revision and what is not there', () => {
    const store = newStore();
    const first = store.create('deployments', deployment('web'), 'a');
    store.update('deployments', deployment('web', 'shop/web:2'), 'a');
    const codeOf = (act: () => unknown): unknown => {
      try {
        return act();
      } catch (error) {
        return error instanceof Error && 'code' in error ? error.code : error;
      }
    };
    expect(codeOf(() => store.create('deployments', deployment('web'), 'a'))).toBe('exists');
    expect(codeOf(() => store.update('deployments', first, 'a'))).toBe('conflict');
    expect(codeOf(() => store.update('deployments', deployment('api'), 'a'))).toBe('missing');
    expect(codeOf(() => store.remove('deployments', 'shop', 'api'))).toBe('missing');
  });

  it('makes no revision and no event of a write that changes nothing', () => {
    const store = newStore();
    const first = store.create('deployments', deployment('web'), 'a');
    const events: StoreEvent[] = [];
    store.watch((event) => events.push(event));
    expect(store.update('deployments', first, 'b')).toBe(first);
    expect(events).toEqual([]);
  });

  it('keeps a dry run to itself', () => {
    const store = newStore();
    const first = store.create('deployments', deployment('web'), 'a');
    const object = { ...first, spec: { ...first.spec, replicas: 5 } };
    const shown = store.write({ plural: 'deployments', object, manager: 'a', kind: 'update', dryRun: true });
    expect(shown).toMatchObject({ spec: { replicas: 5 }, metadata: { generation: 2, resourceVersion: '1' } });
    expect(store.get('deployments', 'shop', 'web')).toBe(first);
    expect(store.revision()).toBe(1);
  });

  it('shows every listener the same order, even when one of them writes', () => {
    const store = newStore();
    const seen: string[] = [];
    store.watch(({ type, object }) => {
      if (type === 'ADDED' && object.metadata.name === 'web') store.create('deployments', deployment('api'), 'a');
    });
    const stop = store.watch(({ object }) => seen.push(object.metadata.name));
    store.create('deployments', deployment('web'), 'a');
    stop();
    store.create('deployments', deployment('later'), 'a');
    expect(seen).toEqual(['web', 'api']);
  });

  it('replays the changes after a revision, and says when they are gone', () => {
    const store = newStore(4);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) store.create('deployments', deployment(name), 'x');
    expect(store.since(5)?.map(({ object }) => object.metadata.name)).toEqual(['f', 'g']);
    expect(store.since(7)).toEqual([]);
    expect(store.since(1)).toBeNull();
  });

  it('removes what an object owned, but not what has another living owner', () => {
    const store = newStore();
    const web = store.create('deployments', deployment('web'), 'a');
    const api = store.create('deployments', deployment('api'), 'a');
    const set = store.create('replicasets', owned('ReplicaSet', 'web-1', [web]), 'a');
    store.create('pods', owned('Pod', 'web-1-x', [set]), 'a');
    store.create('configmaps', owned('ConfigMap', 'both', [web, api]), 'a');
    const events: string[] = [];
    store.watch(({ type, object }) => events.push(`${type} ${object.metadata.name}`));
    store.remove('deployments', 'shop', 'web');
    expect(events).toEqual(['DELETED web', 'DELETED web-1', 'DELETED web-1-x']);
    expect(store.get('configmaps', 'shop', 'both')).toBeDefined();
    expect(store.get('pods', 'shop', 'web-1-x')).toBeUndefined();
  });

  it('empties a namespace that is removed', () => {
    const store = newStore();
    store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, 'a');
    store.create('deployments', deployment('web'), 'a');
    store.remove('namespaces', '', 'shop');
    expect(store.list('deployments')).toEqual([]);
  });

  it('notes for each manager the fields that it changed, and takes them from the one who had them', () => {
    const store = newStore();
    const first = store.create('deployments', deployment('web'), 'kubectl');
    const next = store.update(
      'deployments',
      { ...deployment('web', 'shop/web:2'), spec: { ...deployment('web', 'shop/web:2').spec, replicas: 3 } },
      'robot',
    );
    const reported = store.updateStatus('deployments', { ...next, status: { replicas: 3 } }, 'controller');
    const fieldsOf = (manager: string) =>
      (reported.metadata.managedFields as readonly { manager: string; subresource?: string; fieldsV1: unknown }[]).find(
        (entry) => entry.manager === manager,
      );
    const container = { 'f:containers': { 'k:{"name":"server"}': { 'f:image': {} } } };
    expect(fieldsOf('robot')?.fieldsV1).toEqual({
      'f:spec': { 'f:replicas': {}, 'f:template': { 'f:spec': container } },
    });
    expect(fieldsOf('controller')).toMatchObject({
      subresource: 'status',
      fieldsV1: { 'f:status': { 'f:replicas': {} } },
    });
    expect(JSON.stringify(fieldsOf('kubectl'))).not.toContain('f:image');
    expect(JSON.stringify(fieldsOf('kubectl'))).toContain('k:{\\"name\\":\\"A\\"}');
    expect(first.metadata.managedFields).toHaveLength(1);
  });
});
