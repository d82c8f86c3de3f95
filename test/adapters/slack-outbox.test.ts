import { describe, expect, it } from 'vitest';
import { createOutbox } from '../../src/adapters/slack/outbox.ts';
import { createSerialLanes } from '../../src/adapters/slack/serial-lanes.ts';
import { createStillClock } from '../fakes/clock.ts';
import { realClock } from './slack-stage.ts';

const pace = (burst: number, perSecond: number) => ({ post: { burst, perSecond }, edit: { burst, perSecond } });

describe('the outbox', () => {
  it('lets a burst through and then one after the other, the most urgent first', async () => {
    const outbox = createOutbox(realClock, pace(1, 100));
    const order: string[] = [];
    const send = (name: string, priority: 'approval' | 'status' | 'evidence') =>
      outbox.turn('post', priority).then(() => order.push(name));
    await Promise.all([
      send('first', 'evidence'),
      send('evidence', 'evidence'),
      send('status', 'status'),
      send('approval', 'approval'),
    ]);
    expect(order).toEqual(['first', 'approval', 'status', 'evidence']);
  });

  it('holds one lane back when Slack asks to wait, and not the other', async () => {
    const outbox = createOutbox(realClock, pace(5, 100));
    outbox.pause('post', 60_000);
    await outbox.turn('edit', 'status');
    const waiting = outbox.turn('post', 'approval');
    outbox.stop();
    await expect(waiting).rejects.toThrow('closed');
  });

  it('does not make a pause of seconds one of hours when the clock is set back', async () => {
    const clock = createStillClock();
    const outbox = createOutbox(clock, pace(5, 100));
    outbox.pause('post', 2_000);
    clock.advance(-3_600_000);
    const waiting = outbox.turn('post', 'status');
    clock.advance(2_001);
    await Promise.all([waiting, outbox.turn('post', 'status')]);
    outbox.stop();
  });

  it('gives an unused turn to the next in line', async () => {
    const outbox = createOutbox(realClock, pace(1, 0.001));
    const unused = await outbox.turn('post', 'status');
    const next = outbox.turn('post', 'status');
    unused.giveBack();
    await expect(next).resolves.toBeDefined();
    outbox.stop();
  });

  it('counts a minute from when a call has ended, because it may have arrived that late', async () => {
    const clock = createStillClock();
    const outbox = createOutbox(clock, { ...pace(10, 1_000), post: { burst: 10, perSecond: 1_000, perMinute: 2 } });
    const [first, second] = [await outbox.turn('post', 'status'), await outbox.turn('post', 'status')];
    clock.advance(9_000);
    first.ended();
    second.ended();
    let isServed = false;
    const third = outbox.turn('post', 'status').then(() => {
      isServed = true;
    });
    clock.advance(59_000);
    // Whoever else asks has the lane look at the clock again.
    outbox.pause('post', 0);
    await Promise.resolve();
    expect(isServed).toBe(false);
    clock.advance(2_000);
    outbox.pause('post', 0);
    await third;
    outbox.stop();
  });

  it('gives no turn once it is closed', async () => {
    const outbox = createOutbox(realClock);
    outbox.stop();
    await expect(outbox.turn('edit', 'approval')).rejects.toThrow('closed');
  });
});

describe('serial lanes', () => {
  it('keep the order within a lane, and go on after a failure', async () => {
    const lanes = createSerialLanes();
    const order: string[] = [];
    const slow = lanes.run('bob', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('slow');
      throw new Error('no');
    });
    const quick = lanes.run('bob', async () => void order.push('quick'));
    const other = lanes.run('alice', async () => void order.push('other'));
    await expect(slow).rejects.toThrow('no');
    await Promise.all([quick, other, lanes.drained()]);
    expect(order).toEqual(['other', 'slow', 'quick']);
  });
});
