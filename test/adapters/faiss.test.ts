import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFaissIndex } from '../../src/adapters/faiss/faiss-index.ts';
import { createHashEmbedder, normalised } from '../../src/adapters/faiss/hash-embedder.ts';
import { createMemoryShelf } from '../../src/adapters/faiss/memory-shelf.ts';
import { createExactIndex, type VectorIndex } from '../../src/adapters/faiss/vector-index.ts';
import type { Memory } from '../../src/domain/memory.ts';
import { silentLog } from '../fakes/clock.ts';

const axis = (n: number): readonly number[] => [0, 1, 2, 3].map((at) => (at === n ? 1 : 0));

describe.each([
  ['FAISS', createFaissIndex],
  ['the exact index', async () => createExactIndex()],
])('the vector index contract: %s', (_name, make) => {
  let index: VectorIndex;
  beforeAll(async () => {
    index = await make();
  });
  afterAll(async () => index.stop());

  it('finds nothing in an empty index', async () => {
    await index.rebuild([]);
    expect(await index.search(axis(0), 3)).toEqual([]);
  });

  it('finds the nearest first and never more than asked for', async () => {
    await index.rebuild([
      { id: 'x', vector: axis(0) },
      { id: 'xy', vector: normalised([1, 1, 0, 0]) },
      { id: 'z', vector: axis(2) },
    ]);
    const found = await index.search(axis(0), 2);
    expect(found.map(({ id }) => id)).toEqual(['x', 'xy']);
    expect(found[0]?.similarity).toBeCloseTo(1);
  });

  it('takes an added entry at once, and the newer of two with the same id', async () => {
    await index.rebuild([{ id: 'a', vector: axis(0) }]);
    await index.add([{ id: 'b', vector: axis(1) }]);
    await index.add([{ id: 'a', vector: axis(3) }]);
    expect((await index.search(axis(3), 1))[0]?.id).toBe('a');
    expect((await index.search(axis(0), 5)).filter(({ id }) => id === 'a')).toHaveLength(1);
    expect((await index.search(axis(1), 1))[0]?.id).toBe('b');
  });
});

describe('FAISS in its own process', () => {
  it('refuses what would abort it and goes on', async () => {
    const index = await createFaissIndex();
    await index.rebuild([{ id: 'a', vector: axis(0) }]);
    await expect(index.add([{ id: 'b', vector: [1, 2] }])).rejects.toThrow(/shape/);
    await expect(index.search([Number.NaN, 0, 0, 0], 1)).rejects.toThrow(/shape/);
    expect(await index.search(axis(0), 1)).toHaveLength(1);
    await index.stop();
    await expect(index.search(axis(0), 1)).rejects.toThrow();
  });
});

const memory = (uid: string, summary: string, change: Partial<Memory> = {}): Memory => ({
  uid,
  at: '2026-01-05T10:00:00.000Z',
  namespace: 'online-boutique',
  workload: 'cartservice',
  alertName: 'WorkloadErrorsHigh',
  outcome: 'resolved',
  summary,
  signature: `online-boutique/${uid}`,
  ...change,
});

const shelfWith = async (index: VectorIndex) => {
  const kept: Memory[] = [];
  const records = {
    put: async (item: Memory) => void kept.push(item),
    all: async () => kept,
    subscribe: () => () => undefined,
  };
  const shelf = createMemoryShelf({ records, embedder: createHashEmbedder(), index, log: silentLog });
  await shelf.start();
  return { shelf, records, kept };
};

describe('the memory shelf', () => {
  it('puts the same signature before anything that only sounds alike', async () => {
    const { shelf } = await shelfWith(createExactIndex());
    await shelf.remember(memory('1', 'redis connections exhausted in the cart'));
    await shelf.remember(memory('2', 'something else altogether', { signature: 'same' }));
    const found = await shelf.recall({ signature: 'same', text: 'redis connections exhausted', limit: 3 });
    expect(found.map((item) => [item.memory.uid, item.exact])).toEqual([
      ['2', true],
      ['1', false],
    ]);
  });

  it('is filled again from its records after a restart', async () => {
    const { shelf, records } = await shelfWith(createExactIndex());
    await shelf.remember(memory('1', 'image of the frontend cannot be pulled'));
    const again = createMemoryShelf({
      records,
      embedder: createHashEmbedder(),
      index: createExactIndex(),
      log: silentLog,
    });
    await again.start();
    const found = await again.recall({ signature: '-', text: 'the frontend image cannot be pulled', limit: 1 });
    expect(found[0]?.memory.uid).toBe('1');
  });

  it('keeps the memory when the index fails, and recalls what needs no index', async () => {
    const broken: VectorIndex = {
      ...createExactIndex(),
      add: () => Promise.reject(new Error('no')),
      search: () => Promise.reject(new Error('no')),
    };
    const { shelf, kept } = await shelfWith(broken);
    await shelf.remember(memory('1', 'x', { signature: 's' }));
    expect(kept).toHaveLength(1);
    expect(await shelf.recall({ signature: 's', text: 'x', limit: 2 })).toHaveLength(1);
  });

  it('embeds alike texts alike, the same text the same, and never yields a broken vector', async () => {
    const { embed } = createHashEmbedder();
    const cosine = async (a: string, b: string): Promise<number> => {
      const [x = [], y = []] = (await embed([a, b])).map(normalised);
      return x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
    };
    expect(await cosine('memory limit of adservice', 'adservice memory limits')).toBeGreaterThan(
      await cosine('memory limit of adservice', 'dns lookups fail'),
    );
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const [first = [], second = []] = (await embed([text, text])).map(normalised);
        expect(first).toEqual(second);
        expect(first.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});
