import { mkdirSync } from 'node:fs';
import type { App } from '@slack/bolt';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LocalSlack } from '../../src/lab/slack/local-slack.ts';
import { connectApp, openSlack } from '../lab/slack-bolt-app.ts';
import { launchChromium } from './chromium.ts';
import { callAsBot, seedIncident } from './incident-seed.ts';

const incidents = 'C0INCIDNT';
/** Set to a folder to keep pictures of what the tests saw. */
const picturesFolder = process.env.SCREENSHOTS;
const wide: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const commands = [
  { command: '/sre', description: 'Investigate', usageHint: '[help | investigate <service> | status]' },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

const keepPicture = async (page: Page, name: string): Promise<void> => {
  if (picturesFolder === undefined) return;
  mkdirSync(picturesFolder, { recursive: true });
  await page.screenshot({ path: `${picturesFolder}/${name}.png` });
};

/** Opens the page and watches it: a test fails when its scripts do. */
const visit = async (slack: LocalSlack, options: BrowserContextOptions, path = ''): Promise<Page> => {
  const page = await (await browser.newContext(options)).newPage();
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto(slack.url + path);
  await page.getByTestId('composer').or(page.getByTestId('app-view')).first().waitFor();
  return page;
};

const pathOf = (ts: string): string => `archives/${incidents}/p${ts.replace('.', '')}`;
const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - window.innerWidth') as Promise<number>;

const listen = (app: App): void => {
  app.command('/sre', async ({ ack, respond, command }) => {
    await ack();
    await respond(`You typed ${command.text}`);
  });
  app.action('approve', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    const text = `Approved by <@${body.user.id}>`;
    await client.chat.update({ channel: body.channel?.id ?? '', ts: body.message?.ts ?? '', text, blocks: [] });
  });
  app.action('details', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    const plain = (text: string) => ({ type: 'plain_text' as const, text });
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'why',
        title: plain('Why not?'),
        submit: plain('Send'),
        blocks: [
          {
            type: 'input',
            block_id: 'reason',
            label: plain('Reason'),
            element: { type: 'plain_text_input', action_id: 'words' },
          },
        ],
      },
    });
  });
  app.view('why', async ({ ack, view }) => {
    const words = view.state.values.reason?.words?.value ?? '';
    if (words.length < 5) await ack({ response_action: 'errors', errors: { reason: 'Say more.' } });
    else await ack();
  });
  app.event('app_home_opened', async ({ event, client }) => {
    const text = { type: 'plain_text' as const, text: `Hello <@${event.user}>` };
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'header', text }] } });
  });
};

describe('the page', () => {
  it.each([
    ['wide-light', { ...wide, colorScheme: 'light' as const }],
    ['wide-dark', { ...wide, colorScheme: 'dark' as const }],
    ['phone-light', { ...phone, colorScheme: 'light' as const }],
    ['phone-dark', { ...phone, colorScheme: 'dark' as const }],
  ])('shows an incident and its thread without sideways scrolling: %s', async (name, options) => {
    const slack = await openSlack({ rateLimits: false, commands });
    const ts = await seedIncident(slack);
    const page = await visit(slack, options, `archives/${incidents}`);
    await page.getByTestId('thread-summary').getByText('6 replies').waitFor();
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
    await keepPicture(page, `${name}-channel`);
    await page.goto(slack.url + pathOf(ts));
    const thread = page.getByTestId('thread');
    await thread.getByText('Proposal: roll back to revision 6').waitFor();
    expect(await thread.getByTestId('message').count()).toBe(7);
    expect(await thread.locator('.diff-added').textContent()).toContain('v0.10.1');
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
    await keepPicture(page, `${name}-thread`);
  });

  it('shows hostile text as text', async () => {
    const slack = await openSlack();
    const hostile =
      '<img src=x onerror="document.title=1"> <javascript:alert(1)|click> &lt;script&gt;document.title=1&lt;/script&gt;';
    await slack.people.say({ user: slack.users.mallory, channel: incidents, text: hostile });
    const blocks = [
      { type: 'markdown', text: '<script>document.title=1</script> [x](javascript:alert(1)) ![p](http://x/y.png)' },
    ];
    await callAsBot(slack, 'chat.postMessage', { channel: incidents, text: 'x', blocks });
    const page = await visit(slack, wide);
    await page.getByTestId('message').nth(1).waitFor();
    expect(await page.locator('[data-testid=message-body] img, [data-testid=message-body] script').count()).toBe(0);
    expect(await page.locator('[data-testid=message-body] a').count()).toBe(0);
    expect(await page.title()).toBe('Local Slack');
  });

  it('sends words and commands, completes commands, and whispers to the one who asked', async () => {
    const slack = await openSlack({ commands });
    await connectApp(slack, listen);
    const page = await visit(slack, wide);
    await page.getByTestId('composer').fill('hello @bob <b>');
    await page.keyboard.press('Enter');
    await vi.waitFor(() => expect(slack.messages(incidents)[0]?.text).toBe('hello <@U0BOB0001> &lt;b&gt;'));
    await page.getByTestId('message-body').getByText('hello @bob <b>').waitFor();
    await page.getByTestId('composer').fill('/sre st');
    await page.getByTestId('hints').getByText('/sre status').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('You typed status').waitFor();
    expect(await page.getByTestId('ephemeral-note').count()).toBe(1);
    await page.getByTestId('user-switch-bob').click();
    await page.getByTestId('message-body').getByText('hello @bob <b>').waitFor();
    expect(await page.getByTestId('ephemeral-note').count()).toBe(0);
  });

  it('asks before an approval and shows the edited message', async () => {
    const slack = await openSlack({ rateLimits: false });
    const ts = await seedIncident(slack);
    await connectApp(slack, listen);
    const page = await visit(slack, wide, `${pathOf(ts)}?as=${slack.users.bob}`);
    await page.getByTestId('button-approve').click();
    await page.getByTestId('confirm-deny').click();
    expect(slack.thread(incidents, ts).some((message) => message.text.startsWith('Approved'))).toBe(false);
    await page.getByTestId('button-approve').click();
    await page.getByTestId('confirm-yes').click();
    await page.getByTestId('thread').getByText('Approved by @bob').waitFor();
    await page.getByTestId('thread').getByText('(edited)').waitFor();
  });

  it('reacts by toolbar, by picker and by the emoji itself', async () => {
    const slack = await openSlack();
    const { ts } = await slack.people.say({ user: slack.users.bob, channel: incidents, text: 'Look' });
    const page = await visit(slack, wide);
    const reactions = () => slack.messages(incidents)[0]?.reactions?.map(({ name, users }) => [name, ...users]) ?? [];
    await page.locator(`[data-ts="${ts}"]`).hover();
    await page.getByLabel('React with eyes').click();
    await page.getByTestId('reaction-eyes').waitFor();
    await page.getByTestId('add-reaction').click();
    await page.getByTestId('emoji-picker').locator('input').fill('tada');
    await page.getByTestId('emoji-picker').locator('button[aria-label="🎉"]').click();
    await page.getByTestId('reaction-tada').waitFor();
    await page.getByTestId('reaction-eyes').click();
    await vi.waitFor(() => expect(reactions()).toEqual([['tada', slack.users.alice]]));
  });

  it('shows a modal with its errors, and closes it when the app is content', async () => {
    const slack = await openSlack({ rateLimits: false });
    const ts = await seedIncident(slack);
    await connectApp(slack, listen);
    const page = await visit(slack, wide, pathOf(ts));
    await page.getByTestId('button-details').click();
    await page.getByTestId('modal-submit').click();
    await page.getByTestId('input-error').getByText('Please fill this in.').waitFor();
    await page.getByTestId('input-words').fill('no');
    await page.getByTestId('modal-submit').click();
    await page.getByTestId('input-error').getByText('Say more.').waitFor();
    await page.getByTestId('input-words').fill('too risky now');
    await page.getByTestId('modal-submit').click();
    await page.getByTestId('modal').waitFor({ state: 'detached' });
  });

  it('opens the Home tab, a file and the menu of a phone', async () => {
    const slack = await openSlack({ rateLimits: false });
    const ts = await seedIncident(slack);
    await connectApp(slack, listen);
    const page = await visit(slack, phone, pathOf(ts));
    await page.locator('[data-testid^="file-F"]').click();
    await page.getByTestId('file-preview').getByRole('heading', { name: 'What we learnt' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('Back to the channel').click();
    await page.getByTestId('menu').click();
    await page.getByTestId('app-srebot').click();
    await page.getByTestId('app-home').getByText('Hello <@U0ALICE01>').waitFor();
  });

  it('can be worked by keyboard alone', async () => {
    const slack = await openSlack();
    await slack.people.say({ user: slack.users.bob, channel: incidents, text: 'one' });
    await slack.people.say({ user: slack.users.bob, channel: incidents, text: 'two' });
    const page = await visit(slack, wide);
    await page.getByRole('log').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('t');
    await page.getByTestId('thread').getByText('two').waitFor();
    await page.getByTestId('thread-composer').fill('answer');
    await page.keyboard.press('Enter');
    await page.getByTestId('thread').getByText('1 reply').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('thread').waitFor({ state: 'detached' });
  });
});
