import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../src/lab/cluster/cluster.ts';
import { createCorpusRun, readCorpus, refusedBy } from './send-writes.ts';

const manifest = (path: string): string => fileURLToPath(new URL(`../../manifests/${path}`, import.meta.url));
const account = 'system:serviceaccount:sre:ai4all-sre-act';
const corpus = readCorpus();

let cluster: Cluster;
let run: ReturnType<typeof createCorpusRun>;

beforeAll(async () => {
  const manifests = ['bot/namespace.yaml', 'bot/rbac.yaml', 'online-boutique', 'kyverno'].map(manifest);
  cluster = await startCluster({ nowMs: Date.now, manifests });
  const identities = {
    admin: cluster.kubeconfig('admin'),
    act: cluster.kubeconfig('bot-act'),
    read: cluster.kubeconfig('bot'),
  };
  run = createCorpusRun(corpus, identities, account);
  await run.prepare();
}, 60_000);
afterAll(() => cluster.close());

describe('the corpus', () => {
  it('is large, and each of its writes has a name of its own', () => {
    const names = corpus.forbidden.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(60);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('lawful writes of the same form pass', () => {
  it.each(corpus.lawful)('$name', async (write) => {
    expect(await run.play(write, true)).toMatchObject({ code: 200 });
  });
});

describe('forbidden writes are refused, with no guard of the bot in between', () => {
  it.each(corpus.forbidden)('$name: by $by', async (write) => {
    const said = await run.play(write);
    expect({ ...said, by: refusedBy(said) }).toMatchObject({ by: write.by });
  });
});

describe('were RBAC to let the bot do everything, admission would still refuse', () => {
  beforeAll(() => run.openWide());
  afterAll(() => run.closeAgain());

  it.each(corpus.forbidden.filter(({ by, alone }) => by === 'rbac' && alone !== true))('$name', async (write) => {
    const said = await run.play(write, true);
    expect({ ...said, by: refusedBy(said) }).toMatchObject({ by: 'admission' });
  });
});
