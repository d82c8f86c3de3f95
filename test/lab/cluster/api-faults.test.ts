import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../src/lab/cluster/cluster.ts';
import { type Clients, clientsOf, refusalOf } from '../../contracts/kubernetes-api-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'cluster-'));
const namespace = 'shop';
const seen: string[] = [];
let hangUpOn = 'nobody';
let cluster: Cluster;
let admin: Clients;

beforeAll(async () => {
  writeFileSync(join(folder, 'shop.yaml'), 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}');
  cluster = await startCluster({
    nowMs: Date.now,
    manifests: [folder],
    witness: (when, { verb, plural, name }) => {
      seen.push(`${when} ${verb} ${plural}`);
      return name === hangUpOn && when === 'done' ? 'hang up' : 'go on';
    },
  });
  admin = clientsOf(cluster.kubeconfig('admin'));
});

afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true });
});

const make = (name: string) =>
  admin.core.createNamespacedConfigMap({ namespace, body: { metadata: { name }, data: {} } });
const isThere = (name: string): boolean => cluster.store.get('configmaps', namespace, name) !== undefined;

describe('trouble that is planned for clients of the API server', () => {
  it('a lost reply has taken effect, and the audit log knows it', async () => {
    cluster.injectFault({ verb: 'create', resource: 'configmaps', lostReply: true });
    await expect(make('lost')).rejects.toThrow();
    expect(isThere('lost')).toBe(true);
    expect(cluster.auditEvents().at(-1)).toMatchObject({ verb: 'create', responseStatus: { code: 201 } });
    await make('afterwards');
  });

  it('a connection that is cut before and a status of trouble have no effect', async () => {
    cluster.injectFault({ resource: 'configmaps', hangUp: true });
    await expect(make('cut')).rejects.toThrow();
    cluster.injectFault({ verb: 'create', status: 503 });
    expect(await refusalOf(make('unavailable'))).toMatchObject({ code: 503, status: { reason: 'ServiceUnavailable' } });
    expect([isThere('cut'), isThere('unavailable')]).toEqual([false, false]);
  });

  it('one user can be cut off while others are served, until the trouble is cleared', async () => {
    const user = 'system:serviceaccount:sre:ai4all-sre';
    cluster.injectFault({ user, hangUp: true, times: Number.POSITIVE_INFINITY });
    const bot = clientsOf(cluster.kubeconfig('bot'));
    for (let n = 0; n < 3; n += 1) await expect(bot.access.getAPIResources()).rejects.toThrow();
    await make('served');
    cluster.clearFaults();
    await bot.access.getAPIResources();
  });

  it('a witness sees each request twice, and may hang up', async () => {
    seen.length = 0;
    hangUpOn = 'nobody';
    await make('watched');
    expect(seen).toEqual(['arrived create configmaps', 'done create configmaps']);
    hangUpOn = 'watched';
    await expect(admin.core.readNamespacedConfigMap({ namespace, name: 'watched' })).rejects.toThrow();
  });
});
