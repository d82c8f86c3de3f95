import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { attempt, planHash, uid, waitingCase } from './slack-cases.ts';
import { type Stage, setStage } from './slack-stage.ts';

const channel = 'C0INCIDNT';
let stage: Stage;

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 20 });
const proposal = () => ({ channel, ts: stage.shown.entries.get(`${uid} proposal:1`)?.ts ?? '' });
const words = () => stage.desk.ballots.map(({ kind, by, via }) => `${by.name} ${kind} ${via}`);

beforeEach(async () => {
  stage = await setStage({ rateLimits: false, socketAckMs: 50 });
  await stage.bot.start();
  stage.tell(waitingCase());
  await eventually(() => expect(proposal().ts).not.toBe(''));
});

afterEach(() => stage.close());

describe('what people say by emoji while the bot is away', () => {
  it('is heard at the next start, doubts before approvals, and only what means something', async () => {
    const { bob, carol, alice } = stage.lab.users;
    await stage.bot.stop();
    const reactions = [
      [bob, 'white_check_mark'],
      [bob, '+1'],
      [alice, 'eyes'],
      [carol, 'raised_hand'],
    ] as const;
    for (const [user, name] of reactions) await stage.lab.people.react({ user, ...proposal(), name });
    expect(words()).toEqual([]);
    await stage.another().start();
    expect(words()).toEqual(['carol hold emoji', 'bob approve emoji']);
    expect(stage.desk.ballots.every((ballot) => ballot.planHash === planHash)).toBe(true);
  });

  it('is not heard twice, and a refused word is told of once only', async () => {
    const { bob, mallory } = stage.lab.users;
    await stage.bot.stop();
    await stage.lab.people.react({ user: mallory, ...proposal(), name: 'x' });
    await stage.lab.people.react({ user: bob, ...proposal(), name: 'x' });
    const ballot = { kind: 'reject', by: { id: bob, name: 'bob' }, at: '', planHash, via: 'emoji' } as const;
    const [before] = waitingCase().attempts;
    stage.cases.set(uid, waitingCase({ attempts: [{ ...(before ?? attempt()), ballots: [ballot] }] }));
    stage.desk.answers(() => ({ ok: false, text: 'Only approvers may decide.' }));
    for (let life = 0; life < 2; life += 1) {
      const bot = stage.another();
      await bot.start();
      await bot.stop();
    }
    expect(words()).toEqual(['mallory reject emoji', 'mallory reject emoji']);
    expect(stage.lab.ephemerals(mallory)).toHaveLength(1);
  });

  it('takes an approval back whose emoji is gone', async () => {
    const { bob } = stage.lab.users;
    await stage.bot.stop();
    const ballot = { kind: 'approve', by: { id: bob, name: 'bob' }, at: '', planHash, via: 'emoji' } as const;
    const [before] = waitingCase().attempts;
    stage.cases.set(uid, waitingCase({ attempts: [{ ...(before ?? attempt()), ballots: [ballot] }] }));
    await stage.another().start();
    expect(words()).toEqual(['bob withdraw emoji']);
  });

  it('is heard when a broken socket stands again', async () => {
    const { bob } = stage.lab.users;
    stage.lab.injectDelivery({ swallowed: true });
    stage.lab.dropSockets();
    await stage.lab.people.react({ user: bob, ...proposal(), name: '+1' });
    await eventually(() => expect(words()).toEqual(['bob approve emoji']));
  });

  it('is heard although Slack loses an answer and asks to wait', async () => {
    const { bob } = stage.lab.users;
    await stage.bot.stop();
    await stage.lab.people.react({ user: bob, ...proposal(), name: '+1' });
    stage.lab.injectFault({ method: 'reactions.get', lostReply: true });
    stage.lab.injectFault({ method: 'reactions.get', status: 429, retryAfter: 1 });
    await stage.another().start();
    expect(words()).toEqual(['bob approve emoji']);
  });
});
