import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiServer } from '../../src/adapters/kubernetes/api-server.ts';
import { BotError } from '../../src/domain/bot-error.ts';
import { type FakeApiServer, startFakeApiServer } from './kubernetes-fake.ts';

let fake: FakeApiServer;
beforeEach(async () => {
  fake = await startFakeApiServer();
});
afterEach(() => fake.close());

const pod = (name: string) => ({ metadata: { name, creationTimestamp: '2026-11-22T18:00:00Z' }, odd: { kept: true } });

describe('the connection to the API server', () => {
  it('sends many requests one after the other over few sockets', async () => {
    fake.script(() => ({ status: 200, body: {} }));
    const { connection } = createApiServer({ kubeconfig: fake.kubeconfig });
    for (let count = 0; count < 20; count += 1) await connection.send({ path: '/version' });
    expect(fake.connections()).toBeLessThanOrEqual(2);
  });

  it('never has more than eight requests in flight', async () => {
    let inFlight = 0;
    let most = 0;
    fake.script((_request, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      setImmediate(() => {
        inFlight -= 1;
        response.end('{}');
      });
      return 'by-hand';
    });
    const { connection } = createApiServer({ kubeconfig: fake.kubeconfig });
    const replies = await Promise.all(Array.from({ length: 60 }, () => connection.send({ path: '/version' })));
    expect(replies.every((reply) => reply.kind === 'reply')).toBe(true);
    expect(most).toBeLessThanOrEqual(8);
    expect(fake.requests).toHaveLength(60);
  });

  it('is silent in time when the server never answers, and when it stops in the middle of a body', async () => {
    const { connection } = createApiServer({ kubeconfig: fake.kubeconfig });
    fake.script(() => 'by-hand');
    const hung = await connection.send({ path: '/version', timeoutMs: 50 });
    fake.script((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"half":');
      return 'by-hand';
    });
    const halved = await connection.send({ path: '/version', timeoutMs: 50 });
    expect([hung, halved]).toEqual([
      { kind: 'silence', reason: 'no answer in time' },
      { kind: 'silence', reason: 'no answer in time' },
    ]);
  });

  it('is silent with a plain reason when the socket is cut, and works again afterwards', async () => {
    const { connection } = createApiServer({ kubeconfig: fake.kubeconfig });
    fake.script((_request, response) => {
      response.socket?.destroy();
      return 'by-hand';
    });
    expect(await connection.send({ path: '/version' })).toMatchObject({ kind: 'silence', reason: 'connection closed' });
    fake.script(() => ({ status: 200, body: { gitVersion: 'v1' } }));
    expect(await connection.send({ path: '/version' })).toMatchObject({ kind: 'reply', status: 200 });
  });

  it('says that the connection was refused when nobody listens', async () => {
    await fake.close();
    const { connection } = createApiServer({ kubeconfig: fake.kubeconfig });
    expect(await connection.send({ path: '/version' })).toEqual({ kind: 'silence', reason: 'connection refused' });
  });

  it('never lets the token out in a reason', async () => {
    fake.script(() => ({ status: 500, body: '<html>gateway</html>' }));
    const { reader } = createApiServer({ kubeconfig: fake.kubeconfig });
    const answer = await reader.get({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'a' });
    expect(fake.requests[0]?.headers.authorization).toBe('Bearer swordfish');
    expect(answer).toMatchObject({ outcome: 'unreachable', reason: '500: <html>gateway</html>' });
    expect(JSON.stringify(answer)).not.toContain('swordfish');
  });

  it('refuses a kubeconfig that names no cluster before anything is sent', () => {
    expect(() => createApiServer({ kubeconfig: fake.kubeconfig, context: 'elsewhere' })).toThrow(BotError);
    expect(() => createApiServer({ kubeconfig: '/nowhere/kubeconfig' })).toThrow('cannot be read');
  });
});

describe('reading lists', () => {
  it('reads all pages and keeps fields that no model knows', async () => {
    fake.script(({ query }) => {
      const second = query.get('continue') === 'more';
      const metadata = second ? { resourceVersion: '9' } : { resourceVersion: '9', continue: 'more' };
      return { status: 200, body: { apiVersion: 'v1', kind: 'PodList', metadata, items: [pod(second ? 'b' : 'a')] } };
    });
    const { reader } = createApiServer({ kubeconfig: fake.kubeconfig });
    const answer = await reader.list({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop' });
    expect(answer).toMatchObject({ outcome: 'found', query: '/api/v1/namespaces/shop/pods' });
    expect(answer.outcome === 'found' && answer.value).toEqual([
      { apiVersion: 'v1', kind: 'Pod', ...pod('a') },
      { apiVersion: 'v1', kind: 'Pod', ...pod('b') },
    ]);
    expect(fake.requests.every((request) => request.query.get('limit') === '500')).toBe(true);
  });

  it('begins again once when the list expires between two pages, and gives up when it expires twice', async () => {
    let expiries = 1;
    fake.script(({ query }) => {
      if (query.get('continue') === null)
        return { status: 200, body: { metadata: { continue: 'more' }, items: [pod('a')] } };
      if (expiries > 0) {
        expiries -= 1;
        return { status: 410, body: { message: 'too old' } };
      }
      return { status: 200, body: { metadata: {}, items: [pod('b')] } };
    });
    const { reader } = createApiServer({ kubeconfig: fake.kubeconfig });
    const query = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' };
    expect(await reader.list(query)).toMatchObject({ outcome: 'found', value: [pod('a'), pod('b')] });
    expiries = 2;
    expect(await reader.list(query)).toMatchObject({ outcome: 'unreachable' });
  });

  it('asks the server for the plural of a kind that it does not know, once', async () => {
    fake.script(({ path }) => {
      if (path === '/apis/chaos-mesh.org/v1alpha1') {
        return { status: 200, body: { resources: [{ kind: 'StressChaos', name: 'stresschaos' }] } };
      }
      return { status: 200, body: { metadata: {}, items: [] } };
    });
    const { reader } = createApiServer({ kubeconfig: fake.kubeconfig });
    const query = { apiVersion: 'chaos-mesh.org/v1alpha1', kind: 'StressChaos', namespace: 'shop' };
    expect(await reader.list(query)).toMatchObject({ outcome: 'empty' });
    expect(await reader.list(query)).toMatchObject({ outcome: 'empty' });
    expect(await reader.list({ ...query, kind: 'NoChaos' })).toMatchObject({ outcome: 'empty' });
    expect(fake.requests.map((request) => request.path)).toEqual([
      '/apis/chaos-mesh.org/v1alpha1',
      '/apis/chaos-mesh.org/v1alpha1/namespaces/shop/stresschaos',
      '/apis/chaos-mesh.org/v1alpha1/namespaces/shop/stresschaos',
      '/apis/chaos-mesh.org/v1alpha1',
    ]);
  });

  it('tells an absent object from a refused and from a silent one', async () => {
    const { reader } = createApiServer({ kubeconfig: fake.kubeconfig });
    const query = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'a' };
    expect(await reader.get(query)).toMatchObject({ outcome: 'empty' });
    fake.script(() => ({ status: 403, body: { message: 'secrets "a" is forbidden: User "x" cannot get resource' } }));
    expect(await reader.get(query)).toMatchObject({ outcome: 'unreachable', reason: expect.stringContaining('403') });
    await fake.close();
    expect(await reader.get(query)).toMatchObject({ outcome: 'unreachable' });
  });
});
