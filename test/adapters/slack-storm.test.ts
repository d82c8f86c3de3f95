import { describe, expect, it } from 'vitest';
import { createChannelNotices } from '../../src/adapters/slack/channel-notices.ts';
import { createFindRoot } from '../../src/adapters/slack/find-root.ts';
import { createOutbox } from '../../src/adapters/slack/outbox.ts';
import { createPassGate } from '../../src/adapters/slack/pass-gate.ts';
import { renderRoot } from '../../src/adapters/slack/render-root.ts';
import { aCase } from '../fakes/cases.ts';
import { createStillClock, silentLog } from '../fakes/clock.ts';

const held = () => {
  let release = (): void => undefined;
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { until, release };
};

const caseNamed = (uid: string) => aCase({ incident: { ...aCase().incident, uid } });

describe('the outbox in a storm', () => {
  it('gives no more turns in any minute than Slack publishes, whatever burst and pace allow', async () => {
    const clock = createStillClock();
    const pace = { burst: 100, perSecond: 100, perMinute: 3 };
    const outbox = createOutbox(clock, { post: pace, edit: pace });
    const sent: number[] = [];
    for (let message = 0; message < 5; message += 1) {
      outbox.turn('post', 'status').then(
        () => sent.push(message),
        () => undefined,
      );
    }
    await Promise.resolve();
    await Promise.resolve();
    expect({ sent, waiting: outbox.waiting('post') }).toEqual({ sent: [0, 1, 2], waiting: 2 });
    clock.advance(60_001);
    outbox.pause('post', 0);
    await Promise.resolve();
    await Promise.resolve();
    expect(sent).toEqual([0, 1, 2, 3, 4]);
    outbox.stop();
  });
});

describe('the gate before the threads', () => {
  it('works on so many at once, and lets those pass first that ask people for something', async () => {
    const gate = createPassGate({ max: 1, urgent: async () => new Set(['asks']) });
    const first = held();
    const order: string[] = [];
    const pass = (uid: string, until: Promise<void> = Promise.resolve()) =>
      gate.through(uid, async () => {
        order.push(uid);
        await until;
      });
    const all = [pass('first', first.until), pass('tells', undefined), pass('asks', undefined)];
    await Promise.resolve();
    expect(gate.waiting()).toBe(2);
    first.release();
    await Promise.all(all);
    expect(order).toEqual(['first', 'asks', 'tells']);
  });

  it('goes on after a pass that failed', async () => {
    const gate = createPassGate({ max: 1, urgent: async () => new Set() });
    await expect(gate.through('broken', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(gate.through('next', async () => 'done')).resolves.toBe('done');
  });
});

describe('looking for roots that the ledger does not know', () => {
  it('reads the channel once for all who ask before the reading begins, and anew for those who ask later', async () => {
    const readings: number[] = [];
    const slow = held();
    const find = createFindRoot(async (_channel, since) => {
      readings.push(since);
      await slow.until;
      return new Map([['b', '2.2']]);
    });
    const first = find(caseNamed('a'), 'C1');
    await Promise.resolve();
    const later = [find(caseNamed('b'), 'C1'), find(caseNamed('c'), 'C1')];
    slow.release();
    expect(await first).toBeUndefined();
    expect(await Promise.all(later)).toEqual([{ channel: 'C1', ts: '2.2' }, undefined]);
    expect(readings).toHaveLength(2);
  });

  it('asks again after a reading that failed', async () => {
    let tries = 0;
    const find = createFindRoot(async () => {
      tries += 1;
      if (tries === 1) throw new Error('Slack is down');
      return new Map([['a', '1.1']]);
    });
    await expect(find(caseNamed('a'), 'C1')).rejects.toThrow('down');
    expect(await find(caseNamed('a'), 'C1')).toEqual({ channel: 'C1', ts: '1.1' });
  });
});

describe('notices in the channel', () => {
  it('tell of one kind of trouble once an hour, and stand in the home tab meanwhile', async () => {
    const clock = createStillClock();
    const posted: unknown[] = [];
    const web = {
      call: async (_method: string, args: object) => {
        posted.push(args);
        return {};
      },
      upload: async () => 'F1',
    };
    const outbox = createOutbox(clock);
    const notices = createChannelNotices({ web, outbox, clock, log: silentLog });
    notices.tell('too-many-alerts', 'refused <!channel> for now');
    notices.tell('too-many-alerts', 'again');
    notices.open('C1');
    await new Promise((resolve) => setImmediate(resolve));
    expect(posted).toHaveLength(1);
    expect(JSON.stringify(posted)).not.toContain('<!channel>');
    expect(notices.recent()).toHaveLength(1);
    clock.advance(3_600_000);
    expect(notices.recent()).toEqual([]);
    notices.tell('too-many-alerts', 'still');
    await new Promise((resolve) => setImmediate(resolve));
    expect(posted).toHaveLength(2);
    outbox.stop();
  });
});

describe('a thread whose evidence is folded', () => {
  it('says so, and how to see it', () => {
    const words = JSON.stringify(renderRoot(aCase(), { folded: true }).blocks);
    expect(words).toContain('/sre show INC-1');
    expect(JSON.stringify(renderRoot(aCase(), {}).blocks)).not.toContain('/sre show');
  });
});
