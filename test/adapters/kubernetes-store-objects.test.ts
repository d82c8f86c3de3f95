import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubernetesStores } from '../../src/adapters/kubernetes/store/open-stores.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { aCase, anAgreedCase, anAlert, aWaitingAttempt } from '../fakes/cases.ts';
import { startStoreCluster, storedObject } from './kubernetes-store-bench.ts';

interface Definition {
  readonly spec: {
    readonly names: { readonly plural: string };
    readonly versions: readonly {
      readonly additionalPrinterColumns: readonly {
        readonly name: string;
        readonly jsonPath: string;
        readonly priority?: number;
      }[];
      readonly schema: { readonly openAPIV3Schema: object };
    }[];
  };
}

const definitions = parseAllDocuments(
  readFileSync(fileURLToPath(new URL('../../manifests/bot/crds.yaml', import.meta.url)), 'utf8'),
).map((document) => document.toJS() as Definition);

const versionOf = (plural: string) => {
  const version = definitions.find(({ spec }) => spec.names.plural === plural)?.spec.versions[0];
  if (version === undefined) throw new Error(`there is no definition of ${plural}`);
  return version;
};

/** The schema as the API server prunes by it: what it does not name is refused here, where the server would drop it. */
const strict = (schema: unknown): unknown => {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(strict);
  const inner = Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !key.startsWith('x-kubernetes-') && key !== 'format')
      .map(([key, value]) => [key, strict(value)]),
  );
  return 'properties' in inner ? { ...inner, additionalProperties: false } : inner;
};

const problemsOf = (plural: string, object: object): unknown => {
  const validate = new Ajv({ strict: false }).compile(strict(versionOf(plural).schema.openAPIV3Schema) as object);
  return validate(object) ? null : validate.errors;
};

/** A row of `kubectl get`, as the server makes it from the columns' paths. */
const rowOf = (plural: string, object: object): string =>
  versionOf(plural)
    .additionalPrinterColumns.filter(({ priority = 0 }) => priority === 0)
    .map(({ name, jsonPath }) => {
      const value = jsonPath
        .split('.')
        .slice(1)
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object);
      return `${name.toUpperCase()}=${name === 'Age' ? typeof value : (value ?? '')}`;
    })
    .join(' ');

let bench: Awaited<ReturnType<typeof startStoreCluster>>;
let stores: KubernetesStores;
const { uid } = aCase().incident;
const line = { uid, actor: 'bot', verb: 'page', subject: '', detail: {} };

beforeEach(async () => {
  bench = await startStoreCluster({ historyMax: 40 });
  stores = await bench.open();
});
afterEach(() => bench.close());

const ended = (): CaseFile => {
  const attempt = aWaitingAttempt({
    decision: {
      kind: 'approved',
      by: [],
      at: '2026-01-05T10:01:00.000Z',
      planHash: 'hash-1',
      via: 'emoji',
      reason: 'approved by bob',
    },
    execution: {
      actionId: 'plan-1',
      intentAt: '2026-01-05T10:01:01.000Z',
      finishedAt: '2026-01-05T10:01:02.000Z',
      outcome: 'applied',
      written: [],
    },
    verification: {
      startedAt: '2026-01-05T10:01:02.000Z',
      deadline: '2026-01-05T10:06:00.000Z',
      checks: [],
      verdict: 'recovered',
      at: '2026-01-05T10:02:00.000Z',
    },
  });
  const closure = { at: '2026-01-05T10:02:01.000Z', outcome: 'resolved', reason: 'all checks are well' } as const;
  return anAgreedCase({ attempts: [attempt], closure });
};

describe('an Incident', () => {
  it('reads well with kubectl get, at its beginning and at its end', async () => {
    const file = await stores.cases.create(aCase(), line);
    expect(rowOf('incidents', storedObject(bench.cluster, 'incidents', uid))).toBe(
      'NUMBER=1 PHASE=collecting SEVERITY=critical WORKLOAD=cartservice CAUSE= OUTCOME= AGE=string',
    );
    await stores.cases.replace({ ...ended(), version: file.version, incident: file.incident }, line);
    expect(rowOf('incidents', storedObject(bench.cluster, 'incidents', uid))).toBe(
      'NUMBER=1 PHASE=concluding SEVERITY=critical WORKLOAD=cartservice CAUSE=crash-loop OUTCOME=resolved AGE=string',
    );
  });

  it('tells each stage of its remedy as a condition', async () => {
    const file = await stores.cases.create(aCase());
    await stores.cases.replace({ ...ended(), version: file.version, incident: file.incident });
    const { conditions } = storedObject(bench.cluster, 'incidents', uid).status;
    expect(conditions.map(({ type, status, reason }: Record<string, string>) => `${type}=${status} ${reason}`)).toEqual(
      [
        'Proposed=True RollBack',
        'Approved=True Approved',
        'Executed=True Applied',
        'Verified=True Recovered',
        'Closed=True Resolved',
      ],
    );
  });

  it('and every Record fit their definitions, so that the server drops nothing', async () => {
    const file = await stores.cases.create(aCase(), line);
    await stores.cases.replace({ ...ended(), version: file.version, incident: file.incident }, line);
    await stores.inbox.accept([anAlert()]);
    await stores.settings.set('mode', 'autonomous');
    await stores.seen.first('event');
    await stores.journal.append({ ...line, uid: 'bot' });
    await stores.shown.put({ uid, key: 'root', channel: 'C', ts: '1.1', hash: 'h', at: bench.clock.now() });
    for (const plural of ['incidents', 'records']) {
      const objects = bench.cluster.store.list(plural, 'sre');
      expect(objects.length).toBeGreaterThan(0);
      for (const object of objects) expect(problemsOf(plural, object)).toBeNull();
    }
  });

  it('stays far below what etcd takes, however large the case', async () => {
    const labels = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`l${n}`, `${Math.random()}`.repeat(100)]));
    const alerts = Array.from({ length: 60 }, (_, n) => ({ ...anAlert({ labels }), inboxId: `i${n}`, repeats: 0 }));
    await stores.cases.create(aCase({ alerts }));
    const bytes = Buffer.byteLength(JSON.stringify(storedObject(bench.cluster, 'incidents', uid)));
    expect(bytes).toBeLessThan(900_000);
  });

  it('keeps the labels and annotations that somebody else put on it', async () => {
    const file = await stores.cases.create(aCase());
    const object = storedObject(bench.cluster, 'incidents', uid);
    const metadata = { ...object.metadata, labels: { ...object.metadata.labels, team: 'shop' } };
    bench.cluster.store.update('incidents', { ...object, metadata }, 'kubectl-label');
    expect(await stores.cases.replace({ ...file, noPlan: 'none' })).toMatchObject({ version: 2 });
    expect(storedObject(bench.cluster, 'incidents', uid).metadata.labels).toMatchObject({ team: 'shop' });
  });
});

describe('the store in trouble', () => {
  it('finds its own write again when the reply was lost, and writes it once', async () => {
    const file = await stores.cases.create(aCase(), line);
    for (const [verb, resource] of [
      ['update', 'incidents'],
      ['create', 'records'],
    ] as const) {
      bench.cluster.injectFault({ verb, resource, lostReply: true });
    }
    expect(await stores.cases.replace({ ...file, noPlan: 'said' }, line)).toMatchObject({ version: 2 });
    expect(await stores.seen.first('event')).toBe(true);
    expect(await stores.seen.first('event')).toBe(false);
    expect(await stores.journal.of(uid)).toHaveLength(2);
  });

  it('tries again after refusals of an overloaded server, and after a connection that was cut', async () => {
    bench.cluster.injectFault({ resource: 'incidents', status: 503 });
    const file = await stores.cases.create(aCase(), line);
    bench.cluster.injectFault({ verb: 'update', resource: 'incidents', hangUp: true });
    expect(await stores.cases.replace(file, line)).toMatchObject({ version: 2 });
    expect(await stores.journal.of(uid)).toHaveLength(2);
  });

  it('says so when the server stays away', async () => {
    bench.cluster.injectFault({ resource: 'records', status: 503, times: 100 });
    await expect(stores.settings.set('mode', 'autonomous')).rejects.toMatchObject({
      code: 'store_unreachable',
      retryable: true,
    });
  });

  it('sees everything after its watch was cut and its place in the history is gone', async () => {
    const other = await bench.open();
    const told: string[] = [];
    other.cases.subscribe((one) => told.push(one));
    bench.cluster.injectFault({ verb: 'watch', hangUp: true, times: 6 });
    const file = await stores.cases.create(aCase());
    for (let n = 0; n < 80; n += 1) await stores.settings.set('word', `${n}`);
    await stores.cases.replace({ ...file, noPlan: 'late' });
    await vi.waitFor(async () => expect((await other.cases.open())[0]?.version).toBe(2), { timeout: 10_000 });
    expect(told).toContain(uid);
  });

  it('names what is to be installed when the definitions are missing', async () => {
    bench.cluster.store.remove('customresourcedefinitions', '', 'records.sre.ai4all.dev');
    await expect(stores.seen.first('event')).rejects.toThrow(/crds\.yaml/);
  });
});

describe('the janitor', () => {
  it('removes the oldest closed incidents with all that belongs to them, and no open one', async () => {
    const small = await bench.open({ incidentsKeptMax: 1 });
    const names = ['0001', '0002', '0003'].map((n) => `019b8d1e-${n}-7000-8000-000000000001`);
    for (const name of names) {
      const file = await small.cases.create({ ...aCase(), incident: { ...aCase().incident, uid: name } });
      await small.shown.put({ uid: name, key: 'root', channel: 'C', ts: name, hash: 'h', at: bench.clock.now() });
      if (name !== names[0]) await small.cases.replace({ ...file, rememberedAt: bench.clock.now() });
    }
    await small.clean();
    expect((await small.cases.recent(9)).map(({ incident }) => incident.uid)).toEqual([names[0]]);
    expect(await small.shown.byMessage('C', names[1] ?? '')).toBeNull();
    expect(await small.shown.byMessage('C', names[0] ?? '')).not.toBeNull();
  });

  it('forgets events of yesterday and alerts whose case is long closed', async () => {
    await stores.seen.first('event');
    const [entry] = await stores.inbox.accept([anAlert()]);
    const file = await stores.cases.create(aCase());
    await stores.inbox.assign([entry?.id ?? ''], uid);
    await stores.cases.replace({ ...file, closure: { at: bench.clock.now(), outcome: 'resolved', reason: '' } });
    await stores.clean();
    expect(
      bench.cluster.store
        .list('records', 'sre')
        .map(({ spec }) => spec.collection)
        .toSorted(),
    ).toEqual(['counter', 'inbox', 'seen']);
    bench.clock.advance(2 * 86_400_000);
    await stores.clean();
    expect(bench.cluster.store.list('records', 'sre').map(({ spec }) => spec.collection)).toEqual(['counter']);
  });
});
