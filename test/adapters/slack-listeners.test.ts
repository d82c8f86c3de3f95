import { App, type Receiver, type ReceiverEvent } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import type { Inbound } from '../../src/adapters/slack/inbound.ts';
import { registerListeners } from '../../src/adapters/slack/listeners.ts';
import type { SlackWeb } from '../../src/adapters/slack/slack-web.ts';
import { approved, planHash, uid, waitingCase } from './slack-cases.ts';
import { memoryDesk, memoryLog, memorySeen, memoryShown, realClock } from './slack-stage.ts';

/** A real Bolt app without any network: deliveries are handed to it, calls are written down. */
const create = async (web: Partial<SlackWeb> = {}) => {
  let bolt: App | undefined;
  const receiver: Receiver = {
    init: (app) => {
      bolt = app;
    },
    start: async () => undefined,
    stop: async () => undefined,
  };
  const app = new App({ receiver, authorize: async () => ({ botToken: 'xoxb-t', botId: 'B1', botUserId: 'UBOT' }) });
  const cases = new Map([[uid, waitingCase()]]);
  const desk = memoryDesk(cases);
  const shown = memoryShown();
  await shown.put({ uid, key: 'proposal:1', channel: 'C1', ts: '2.2', hash: '', at: approved.plan.at });
  const calls: string[] = [];
  const inbound: Inbound = {
    web: {
      call: async (method) => {
        calls.push(method);
        return {};
      },
      upload: async () => 'F1',
      ...web,
    },
    people: { actor: async (id) => ({ id, name: id }) },
    desk: desk.desk,
    cases: { read: async (key) => cases.get(key) ?? null, open: async () => [] },
    shown,
    seen: memorySeen(),
    commands: [],
    tools: { desk: desk.desk, modelLabel: 'none' },
    modelLabel: 'none',
    linkOf: async () => undefined,
    messageDeleted: () => undefined,
    refreshApprovers: () => undefined,
    notices: () => [],
    clock: realClock,
    log: memoryLog(),
  };
  const { drained } = registerListeners(app, inbound);
  const send = async (body: object): Promise<readonly unknown[]> => {
    const acks: unknown[] = [];
    const ack = async (answer?: unknown): Promise<void> => {
      acks.push(answer);
    };
    await bolt?.processEvent({ body: body as ReceiverEvent['body'], ack });
    await drained();
    return acks;
  };
  return { send, desk, cases, inbound, calls };
};

const reaction = (eventId: string, type = 'reaction_added') => ({
  type: 'event_callback',
  team_id: 'T1',
  event_id: eventId,
  event: { type, user: 'U9', reaction: '+1', item: { type: 'message', channel: 'C1', ts: '2.2' }, event_ts: '3.3' },
});

const click = (actionTs: string, action = 'approve') => ({
  type: 'block_actions',
  team: { id: 'T1', domain: 'd' },
  user: { id: 'U9', name: 'eve', username: 'eve' },
  channel: { id: 'C1', name: 'incidents' },
  container: { type: 'message', message_ts: '2.2', channel_id: 'C1' },
  trigger_id: 't',
  response_url: 'http://127.0.0.1:1/',
  actions: [
    {
      type: 'button',
      action_id: action,
      block_id: 'b',
      value: JSON.stringify({ uid, planHash }),
      action_ts: actionTs,
      text: { type: 'plain_text', text: 'x' },
    },
  ],
});

describe('a delivery', () => {
  it('acts once however often Slack sends it', async () => {
    const { send, desk } = await create();
    for (const eventId of ['Ev1', 'Ev1', 'Ev2']) await send(reaction(eventId));
    for (const actionTs of ['4.4', '4.4', '5.5']) await send(click(actionTs));
    expect(desk.ballots.map(({ via }) => via)).toEqual(['emoji', 'emoji', 'button', 'button']);
  });

  it('may come again after its handling failed', async () => {
    const { send, desk, inbound } = await create();
    desk.answers(() => {
      throw new Error('the store is away');
    });
    await send(reaction('Ev1'));
    desk.answers(() => ({ ok: true, text: 'Noted.' }));
    await send(reaction('Ev1'));
    expect(desk.ballots.length).toBe(2);
    expect(inbound.log).toMatchObject({ lines: [{ level: 'error' }] });
  });

  it('is ignored when it is the bot’s own reaction or edit', async () => {
    const { send, desk } = await create();
    const own = reaction('Ev1');
    await send({ ...own, event: { ...own.event, user: 'UBOT' } });
    await send({
      ...own,
      event_id: 'Ev2',
      event: {
        type: 'message',
        subtype: 'message_changed',
        channel: 'C1',
        ts: '9.9',
        message: { ts: '2.2', text: 'x' },
      },
    });
    expect(desk.ballots).toEqual([]);
  });

  it('is acknowledged even when nothing knows it', async () => {
    const { send } = await create();
    expect((await send(click('1.1', 'somebody-elses-button'))).length).toBe(1);
    expect(
      (
        await send({
          command: '/other',
          text: 'x',
          team_id: 'T1',
          user_id: 'U9',
          user_name: 'eve',
          channel_id: 'C1',
          trigger_id: 'x',
          response_url: 'http://127.0.0.1:1/',
        })
      ).length,
    ).toBe(1);
    expect(
      (
        await send({
          type: 'view_submission',
          team: { id: 'T1' },
          user: { id: 'U9' },
          view: { id: 'V1', callback_id: 'x', type: 'modal' },
        })
      ).length,
    ).toBe(1);
    expect(
      (
        await send({
          type: 'message_action',
          callback_id: 'x',
          team: { id: 'T1' },
          user: { id: 'U9' },
          channel: { id: 'C1' },
        })
      ).length,
    ).toBe(1);
  });

  it('of an approval and of its withdrawal keep their order, also when a name is slow to come', async () => {
    const { send, desk, cases, inbound } = await create();
    let slow: () => void = () => undefined;
    Object.assign(inbound.people, {
      actor: (id: string) =>
        new Promise((resolve) => {
          slow = () => resolve({ id, name: id });
        }),
    });
    desk.answers(({ kind }) => {
      const ballots = [{ kind, by: { id: 'U9', name: 'U9' }, at: approved.plan.at, planHash, via: 'emoji' } as const];
      cases.set(uid, waitingCase({ attempts: [{ ...approved, ballots, ...{ decision: undefined } } as never] }));
      return { ok: true, text: 'Noted.' };
    });
    const both = [send(reaction('Ev1')), send(reaction('Ev2', 'reaction_removed'))];
    const poke = setInterval(() => slow(), 5);
    await Promise.all(both);
    clearInterval(poke);
    expect(desk.ballots.map(({ kind }) => kind)).toEqual(['approve', 'withdraw']);
  });

  it('with a value that the bot did not write does nothing', async () => {
    const { send, desk } = await create();
    const forged = click('1.1');
    for (const value of ['', '{', '[]', '{"uid":5}', 'null'])
      await send({ ...forged, actions: [{ ...forged.actions[0], value, action_ts: value }] });
    expect(desk.ballots).toEqual([]);
  });
});
