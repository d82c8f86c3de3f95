import { afterEach, describe, expect, it, vi } from 'vitest';
import { openCase } from './slack-cases.ts';
import { type Stage, setStage } from './slack-stage.ts';

let stage: Stage;

afterEach(() => stage.close());

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

describe('starting', () => {
  it('connects, and says so', async () => {
    stage = await setStage();
    expect(stage.bot.health()).toBe('down');
    await stage.bot.start();
    expect(stage.bot.health()).toBe('connected');
  });

  it.each([
    ['a wrong bot token', { botToken: 'xoxb-wrong' }, /auth\.test: invalid_auth.*Copy it again/],
    ['a wrong app token', { appToken: 'xapp-wrong' }, /invalid_auth/],
    ['a channel that does not exist', { channel: 'nowhere' }, /no channel “#nowhere”/],
    ['a channel id that does not exist', { channel: 'C0NOWHERE1' }, /channel_not_found/],
  ])('fails with advice for %s', async (_what, config, advice) => {
    stage = await setStage({ config });
    await expect(stage.bot.start()).rejects.toMatchObject({ name: 'BotError', message: expect.stringMatching(advice) });
  });

  it('fails at once when a token is missing', async () => {
    stage = await setStage();
    expect(() => stage.another({ appToken: '' })).toThrow('app-level token');
    expect(() => stage.another({ mode: 'http', signingSecret: undefined })).toThrow('signing secret');
  });

  it('waits for a Slack that is not there yet', async () => {
    stage = await setStage();
    stage.lab.injectFault({ method: 'auth.test', status: 503, times: 2 });
    stage.lab.injectFault({ method: 'apps.connections.open', status: 503, times: 1 });
    await stage.bot.start();
    expect(stage.bot.health()).toBe('connected');
  });

  it('warns when the bot is not in its channel, with what to type', async () => {
    stage = await setStage({ config: { channel: 'general' } });
    await stage.bot.start();
    expect(stage.log.lines.map(({ message }) => message).join()).toContain('/invite');
  });

  it('counts its calls', async () => {
    stage = await setStage();
    await stage.bot.start();
    stage.tell(openCase());
    await eventually(() =>
      expect(stage.counted).toContainEqual({
        name: 'slack_calls_total',
        labels: { method: 'chat.postMessage', outcome: 'ok' },
      }),
    );
  });

  it('ends within its time when it never began', async () => {
    stage = await setStage();
    stage.tell(openCase());
    await expect(stage.bot.stop()).resolves.toBeUndefined();
  });
});

describe('the approvers', () => {
  it('are the members of the group, asked for once in a while', async () => {
    stage = await setStage();
    expect(await stage.bot.approvers.check('U0BOB0001')).toEqual({ allowed: true });
    expect(await stage.bot.approvers.check('U0CAROL01')).toEqual({ allowed: true });
    expect(await stage.bot.approvers.check('U0MALLORY')).toMatchObject({ allowed: false });
    expect(stage.lab.calls().filter(({ method }) => method === 'usergroups.users.list').length).toBe(1);
  });

  it('may be a handle, and ids besides', async () => {
    stage = await setStage({ config: { approverGroup: '@sre-approvers', approverIds: ['U0ALICE01'] } });
    expect(await stage.bot.approvers.check('U0BOB0001')).toEqual({ allowed: true });
    expect(await stage.bot.approvers.check('U0ALICE01')).toEqual({ allowed: true });
  });

  it('are nobody when the group cannot be read, and the reason names the paid plan', async () => {
    stage = await setStage();
    stage.lab.injectFault({ method: 'usergroups.users.list', error: 'plan_upgrade_required' });
    const answer = await stage.bot.approvers.check('U0BOB0001');
    expect(answer).toMatchObject({ allowed: false, reason: expect.stringContaining('paid plan') });
    expect(await stage.bot.approvers.check('U0BOB0001')).toEqual({ allowed: true });
  });

  it('by id do not need Slack at all', async () => {
    stage = await setStage({ config: { approverIds: ['U0BOB0001'] } });
    stage.lab.injectFault({ method: 'usergroups.users.list', status: 503, times: 9 });
    expect(await stage.bot.approvers.check('U0BOB0001')).toEqual({ allowed: true });
    expect(await stage.bot.approvers.check('U0CAROL01')).toMatchObject({ allowed: false });
  });
});
