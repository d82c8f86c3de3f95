import { afterEach, describe, expect, it, vi } from 'vitest';
import { markupOf, slackTroubles } from './slack-block-rules.ts';
import { approved, closedCase, openCase, planHash, uid, waitingCase } from './slack-cases.ts';
import { type Stage, setStage } from './slack-stage.ts';

const incidents = 'C0INCIDNT';
let stage: Stage;

afterEach(() => stage.close());

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 20 });
const keyOf = (message: { readonly metadata?: unknown }): string | undefined =>
  (message.metadata as { event_payload?: { key?: string } } | undefined)?.event_payload?.key;
const tsOf = (key: string): string => stage.lab.messages(incidents).find((message) => keyOf(message) === key)?.ts ?? '';

/** A bot on Slack with a proposal that waits. */
const waiting = async (options: Parameters<typeof setStage>[0] = {}): Promise<void> => {
  stage = await setStage({ rateLimits: false, ...options });
  await stage.bot.start();
  stage.tell(waitingCase());
  await eventually(() => expect(stage.shown.entries.has(`${uid} proposal:1`)).toBe(true));
};

const modes: readonly (readonly [string, () => Promise<void>])[] = [
  ['Socket Mode', () => waiting()],
  [
    'HTTP mode',
    async () => {
      const { createServer } = await import('node:net');
      const port = await new Promise<number>((resolve) => {
        const probe = createServer().listen(0, '127.0.0.1', () => {
          const address = probe.address();
          probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
        });
      });
      await waiting({
        requestUrl: () => `http://127.0.0.1:${port}/slack/events`,
        config: { mode: 'http', httpPort: port },
      });
    },
  ],
];

describe.each(modes)('in %s', (_name, begin) => {
  it('hears an emoji, a click, a command and a visit', async () => {
    await begin();
    const { people, users } = stage.lab;
    const emoji = await people.react({
      user: users.bob,
      channel: incidents,
      ts: tsOf('proposal:1'),
      name: 'white_check_mark',
    });
    const click = await people.click({
      user: users.carol,
      channel: incidents,
      ts: tsOf('proposal:1'),
      actionId: 'hold',
    });
    const command = await people.slash({ user: users.alice, channel: incidents, command: '/sre', text: 'status' });
    const visit = await people.openHome({ user: users.alice });
    expect([emoji, click, command, visit].map(({ acked }) => acked)).toEqual([true, true, true, true]);
    await eventually(() =>
      expect(new Set(stage.desk.ballots.map(({ kind, via }) => `${kind} ${via}`))).toEqual(
        new Set(['approve emoji', 'hold button']),
      ),
    );
    await eventually(() =>
      expect(stage.lab.ephemerals(users.alice).at(-1)?.text).toContain('Waiting for a decision: 1'),
    );
    await eventually(() => expect(JSON.stringify(stage.lab.home(users.alice))).toContain('Watchtower'));
  });
});

describe('an emoji on a proposal', () => {
  it.each([
    ['+1', 'approve'],
    ['thumbsup::skin-tone-4', 'approve'],
    ['heavy_check_mark', 'approve'],
    ['no_entry', 'reject'],
    ['-1', 'reject'],
    ['raised_hand::skin-tone-2', 'hold'],
    ['double_vertical_bar', 'hold'],
  ])('%s is a ballot: %s, by its name, for that very plan', async (name, kind) => {
    await waiting();
    await stage.lab.people.react({ user: 'U0BOB0001', channel: incidents, ts: tsOf('proposal:1'), name });
    await eventually(() =>
      expect(stage.desk.ballots).toEqual([{ uid, kind, by: { id: 'U0BOB0001', name: 'bob' }, via: 'emoji', planHash }]),
    );
  });

  it('means nothing when it is another emoji, or on another message', async () => {
    await waiting();
    const { people, users } = stage.lab;
    await people.react({ user: users.bob, channel: incidents, ts: tsOf('proposal:1'), name: 'tada' });
    await people.react({ user: users.bob, channel: incidents, ts: tsOf('root'), name: 'white_check_mark' });
    await people.react({ user: users.bob, channel: incidents, ts: tsOf('proposal:1'), name: 'x' });
    await eventually(() => expect(stage.desk.ballots.map(({ kind }) => kind)).toEqual(['reject']));
  });

  it('withdraws an approval when it is taken away, but only an approval of one’s own', async () => {
    await waiting();
    const { people, users } = stage.lab;
    const reaction = { channel: incidents, ts: tsOf('proposal:1'), name: 'white_check_mark' };
    await people.react({ user: users.bob, ...reaction });
    await people.react({ user: users.mallory, ...reaction });
    const { ballots } = approved;
    stage.cases.set(uid, waitingCase({ attempts: [{ ...approved, ballots, ...{ decision: undefined } } as never] }));
    await people.unreact({ user: users.mallory, ...reaction });
    await people.unreact({ user: users.bob, ...reaction });
    await eventually(() => expect(stage.desk.ballots.at(-1)).toMatchObject({ kind: 'withdraw', by: { name: 'bob' } }));
    expect(stage.desk.ballots.filter(({ kind }) => kind === 'withdraw').length).toBe(1);
  });

  it('tells a refused voter why, and nobody else', async () => {
    await waiting();
    stage.desk.answers(() => ({ ok: false, text: 'You may not approve <!channel> *this*.' }));
    const { people, users } = stage.lab;
    await people.react({ user: users.mallory, channel: incidents, ts: tsOf('proposal:1'), name: 'white_check_mark' });
    await eventually(() =>
      expect(stage.lab.ephemerals(users.mallory).map(({ text }) => text)).toEqual([
        'You may not approve &lt;!channel&gt; ∗this∗.',
      ]),
    );
    expect(stage.lab.ephemerals(users.mallory)[0]?.thread_ts).toBe(tsOf('root'));
    expect(stage.lab.ephemerals(users.bob)).toEqual([]);
  });
});

describe('a button on a proposal', () => {
  it('votes for the plan that it was made for, and says so when that plan is stale', async () => {
    await waiting();
    stage.desk.answers(({ planHash: hash }) => ({
      ok: hash === 'newer',
      text: 'The plan has changed since; look at the newest proposal.',
    }));
    const { people, users } = stage.lab;
    await people.click({ user: users.bob, channel: incidents, ts: tsOf('proposal:1'), actionId: 'approve' });
    await eventually(() =>
      expect(stage.desk.ballots[0]).toMatchObject({
        kind: 'approve',
        via: 'button',
        planHash,
        by: { id: users.bob, name: 'bob' },
      }),
    );
    await eventually(() => expect(stage.lab.ephemerals(users.bob).at(-1)?.text).toContain('The plan has changed'));
  });

  it('opens the details at once and fills them', async () => {
    await waiting();
    const { people, users } = stage.lab;
    await people.click({ user: users.alice, channel: incidents, ts: tsOf('root'), actionId: 'details' });
    await eventually(() =>
      expect(JSON.stringify(stage.lab.views(users.alice).at(-1)?.blocks)).toContain('sum(rate(response_total'),
    );
  });

  it('is acknowledged even when nobody knows it', async () => {
    await waiting();
    const ack = await stage.lab.people.click({
      user: 'U0BOB0001',
      channel: incidents,
      ts: tsOf('root'),
      actionId: 'details',
    });
    expect(ack).toMatchObject({ acked: true, attempts: 1 });
  });
});

describe('the home tab', () => {
  it('shows mode and why, open incidents with buttons, the last closed, the model and how to use it', async () => {
    await waiting();
    stage.cases.set(
      'u2',
      closedCase({ incident: { ...openCase().incident, uid: 'u2', number: 2, title: 'an old trouble' } }),
    );
    await stage.lab.people.openHome({ user: 'U0BOB0001' });
    await eventually(() => expect(stage.lab.home('U0BOB0001')).toBeDefined());
    const view = stage.lab.home('U0BOB0001') as never as Parameters<typeof slackTroubles>[0];
    const words = markupOf(view).join('\n');
    expect(slackTroubles(view, 100)).toEqual([]);
    expect(words).toContain('Inference did not answer within 60 s.');
    expect(words).toContain('INC-7 · paymentservice does not answer');
    expect(words).toMatch(/INC-2 an old trouble: Resolved/);
    expect(words).toContain('`/sre help [command]`');
    expect(words).toContain('Inference: none');
    expect(words).toContain(`archives/${incidents}/p${tsOf('root').replace('.', '')}|open the thread`);
  });

  it('answers a click in itself', async () => {
    await waiting();
    stage.desk.answers(() => ({ ok: false, text: 'You are not an approver.' }));
    const { people, users } = stage.lab;
    await people.openHome({ user: users.mallory });
    await eventually(() => expect(stage.lab.home(users.mallory)).toBeDefined());
    await people.click({ user: users.mallory, viewId: stage.lab.home(users.mallory)?.id ?? '', actionId: 'approve' });
    await eventually(() =>
      expect(JSON.stringify(stage.lab.home(users.mallory)?.blocks)).toContain('You are not an approver.'),
    );
  });
});

describe('what is typed', () => {
  const type = async (text: string) => {
    const before = stage.lab.ephemerals('U0ALICE01').length;
    const ack = await stage.lab.people.slash({ user: 'U0ALICE01', channel: incidents, command: '/sre', text });
    expect(ack.acked).toBe(true);
    await eventually(() => expect(stage.lab.ephemerals('U0ALICE01').length).toBe(before + 1));
    return stage.lab.ephemerals('U0ALICE01').at(-1)?.text ?? '';
  };

  it('is answered by the shelf; a slip of the finger gets the nearest name', async () => {
    await waiting();
    expect(await type('')).toContain('/sre status: shows the mode');
    expect(await type('show INC-7')).toContain('Cause: Bad image in paymentservice');
    expect(await type('statsu')).toContain('Did you mean “/sre status”?');
    expect(await type('xyzzy &lt;!channel&gt;')).toContain('There is no command “xyzzy”.');
    expect(await type('show "INC 7 with spaces"')).toContain('There is no incident “INC 7 with spaces”.');
  });

  it('comes with a link to the thread', async () => {
    await waiting();
    expect(await type('incidents')).toContain(`/archives/${incidents}/p${tsOf('root').replace('.', '')}|thread>`);
  });

  it('can be said to the bot by its name', async () => {
    await waiting();
    await stage.lab.people.say({ user: 'U0ALICE01', channel: incidents, text: '<@U0SREBOT1> help' });
    await eventually(() =>
      expect(stage.lab.ephemerals('U0ALICE01').at(-1)?.text).toContain(
        '/sre approve <incident>'.replace('<', '&lt;').replace('>', '&gt;'),
      ),
    );
  });
});

describe('the connection', () => {
  it('hears again after Slack has cut it', async () => {
    await waiting();
    expect(stage.bot.health()).toBe('connected');
    stage.lab.dropSockets();
    await eventually(() => expect(stage.bot.health()).toBe('reconnecting'));
    await eventually(() => expect(stage.bot.health()).toBe('connected'));
    await stage.lab.people.react({ user: 'U0BOB0001', channel: incidents, ts: tsOf('proposal:1'), name: 'x' });
    // Heard as an event, by the look for what was missed, or by both: the desk counts a word once.
    await eventually(() =>
      expect(new Set(stage.desk.ballots.map(({ by, kind }) => `${by.name} ${kind}`))).toEqual(new Set(['bob reject'])),
    );
  });
});
