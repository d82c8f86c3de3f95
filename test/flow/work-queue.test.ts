import { describe, expect, it } from 'vitest';
import { createWorkQueue } from '../../src/flow/work-queue.ts';

const queueOf = (concurrencyMax: number, again: (key: string) => void = () => undefined) => {
  const order: string[] = [];
  const queue = createWorkQueue({
    concurrencyMax,
    nowMs: () => 0,
    work: async (key) => {
      order.push(key);
      await Promise.resolve();
      again(key);
    },
  });
  return { queue, order };
};

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the work queue', () => {
  it('brings to its end what was begun before it begins more', async () => {
    let steps = 2;
    const { queue, order } = queueOf(1, (key) => {
      if (key !== 'a' || steps === 0) return;
      steps -= 1;
      queue.addFirst('a');
    });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await settled();
    expect(order).toEqual(['a', 'a', 'a', 'b', 'c']);
    await queue.stop();
  });

  it('works once on a key that is asked for in both ways', async () => {
    const { queue, order } = queueOf(1);
    queue.add('a');
    queue.add('b');
    queue.addFirst('b');
    queue.add('b');
    await settled();
    expect(order).toEqual(['a', 'b']);
    await queue.stop();
  });
});
