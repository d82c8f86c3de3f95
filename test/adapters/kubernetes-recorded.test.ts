import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { authorOf } from '../../src/adapters/kubernetes/change-author.ts';
import { diffFields } from '../../src/adapters/kubernetes/field-diff.ts';
import { createRecordedView } from '../../src/adapters/kubernetes/recorded-view.ts';
import { holdsHidden } from '../../src/domain/hidden-value.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';
import { valueAt } from '../../src/domain/json-read.ts';

describe('the difference between two states', () => {
  const container = (name: string, image: string): JsonObject => ({ name, image });
  const diff = (before: Json, after: Json) => diffFields({ spec: before }, { spec: after });

  it('is told field by field, with what was there and what is', () => {
    expect(diff({ replicas: 2, paused: true }, { replicas: 0, strategy: 'x' })).toEqual([
      { path: '/spec/replicas', before: 2, after: 0 },
      { path: '/spec/paused', before: true },
      { path: '/spec/strategy', after: 'x' },
    ]);
  });

  it('follows named items when others come before them or go', () => {
    const [a, b, c] = [container('a', '1'), container('b', '1'), container('c', '1')];
    expect(diff([a, b], [c, a, container('b', '2')])).toEqual([
      { path: '/spec/0', after: c },
      { path: '/spec/2/image', before: '1', after: '2' },
    ]);
    expect(diff([a, b, c], [c])).toEqual([
      { path: '/spec/0', before: a },
      { path: '/spec/1', before: b },
    ]);
  });

  it('is one change of the whole list when its order or a list without names changes', () => {
    const [a, b] = [container('a', '1'), container('b', '1')];
    expect(diff([a, b], [b, a])).toEqual([{ path: '/spec', before: [a, b], after: [b, a] }]);
    expect(diff(['--x'], ['--x', '--y'])).toEqual([{ path: '/spec', before: ['--x'], after: ['--x', '--y'] }]);
  });

  it('is empty exactly for equal states', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const differs = diff(left as Json, right as Json).length > 0;
        expect(differs).toBe(jsonPatch.compare([left], [right]).length > 0);
      }),
    );
  });
});

describe('what is kept of an object', () => {
  const view = createRecordedView('a key');
  const seen = (object: JsonObject): string => JSON.stringify(view(object));

  it('is what people mean: no status, no book-keeping, no versions', () => {
    const kept = view({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'cart',
        resourceVersion: '9',
        generation: 3,
        labels: { app: 'cart' },
        annotations: {
          'deployment.kubernetes.io/revision': '4',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          'sre.ai4all.dev/action-id': 'x',
          'linkerd.io/inject': 'enabled',
        },
        managedFields: [{ manager: 'x' }],
      },
      spec: { replicas: 2 },
      status: { replicas: 1 },
    });
    expect(kept).toEqual({
      metadata: { labels: { app: 'cart' }, annotations: { 'linkerd.io/inject': 'enabled' } },
      spec: { replicas: 2 },
    });
  });

  it('never holds what a Secret holds, but shows that it changed', () => {
    const secret = (value: string): JsonObject => ({
      kind: 'Secret',
      type: 'Opaque',
      data: { key: btoa(value) },
      stringData: { key: value },
    });
    expect(seen(secret('swordfish'))).not.toMatch(/swordfish|c3dvcmRmaXNo/);
    expect(view(secret('swordfish'))).toEqual(view(secret('swordfish')));
    expect(diffFields(view(secret('swordfish')), view(secret('marlin')))).toMatchObject([{ path: '/data/key' }]);
    expect(createRecordedView('another key')(secret('swordfish'))).not.toEqual(view(secret('swordfish')));
  });

  it.each([
    { spec: { env: [{ name: 'DB_PASSWORD', value: 'swordfish' }] } },
    { spec: { env: [{ name: 'AUTH_TOKEN', value: 'swordfish' }] } },
    { data: { 'api-key': 'swordfish' } },
    { spec: { args: ['--db-password=swordfish'] } },
    { spec: { env: [{ name: 'REDIS_ADDR', value: 'redis://user:swordfish@redis:6379' }] } },
    { metadata: { annotations: { token: 'swordfish' } } },
  ])('hides %j', (content: JsonObject) => {
    expect(seen({ kind: 'ConfigMap', ...content })).not.toContain('swordfish');
    expect(holdsHidden(view({ kind: 'ConfigMap', ...content }))).toBe(true);
  });

  it('leaves ordinary settings and the names of Secrets as they are', () => {
    const ordinary = {
      spec: {
        env: [
          { name: 'REDIS_ADDR', value: 'redis-cart:6379' },
          { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
        ],
        volumes: [{ name: 'v', secret: { secretName: 'db' } }],
        automountServiceAccountToken: true,
      },
    };
    expect(valueAt(view({ kind: 'Deployment', ...ordinary }), 'spec')).toEqual(ordinary.spec);
  });
});

describe('the author of a change', () => {
  const entry = (manager: string, time: string, fields: JsonObject = {}, subresource?: string): JsonObject => ({
    manager,
    operation: 'Update',
    time,
    fieldsV1: fields,
    ...(subresource === undefined ? {} : { subresource }),
  });
  const object = (...managedFields: readonly JsonObject[]): JsonObject => ({ metadata: { managedFields } });
  const seenAt = '2026-11-22T18:30:07.500Z';
  const replicas = { 'f:spec': { 'f:replicas': {} } };
  const image = { 'f:spec': { 'f:containers': { 'k:{"name":"server"}': { 'f:image': {} } } } };

  it('is the manager whose entry is newest, status reports left out', () => {
    const before = object(entry('kubectl', '2026-11-22T18:00:00Z', replicas));
    const after = object(
      entry('kubectl', '2026-11-22T18:00:00Z'),
      entry('alice', '2026-11-22T18:30:05Z', replicas),
      entry('kube-controller-manager', '2026-11-22T18:30:06Z', {}, 'status'),
    );
    expect(authorOf({ before, after, path: '/spec/replicas', seenAt })).toEqual({
      manager: 'alice',
      at: '2026-11-22T18:30:05.000Z',
    });
  });

  it('is, of several in one second, the one that owns the field now', () => {
    const time = '2026-11-22T18:30:05Z';
    const before = object(entry('kubectl', time, image));
    const after = object(entry('bob', time, image), entry('kubectl', time, replicas));
    expect(authorOf({ before, after, path: '/spec/containers/0/image', seenAt }).manager).toBe('bob');
    expect(authorOf({ before, after, path: '/spec/replicas', seenAt }).manager).toBe('kubectl');
    expect(authorOf({ before, after, path: '/spec/paused', seenAt }).manager).toBe('bob');
  });

  it('is unknown where the server keeps no record, at the time it was seen', () => {
    expect(authorOf({ before: undefined, after: {}, path: '', seenAt })).toEqual({ manager: 'unknown', at: seenAt });
  });
});
