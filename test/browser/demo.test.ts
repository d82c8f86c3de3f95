import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './chromium.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pictures = process.env.SCREENSHOTS;

let demo: ChildProcess;
let browser: Browser;
let page: Page;
const said: string[] = [];

/** Resolves with the first line of the demo's terminal that matches. */
const untilSaid = (pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    const look = (): void => {
      const line = said.find((text) => pattern.test(text));
      if (line === undefined) return;
      clearInterval(timer);
      clearTimeout(limit);
      resolve(line);
    };
    const timer = setInterval(look, 100);
    const limit = setTimeout(
      () => reject(new Error(`the demo never said ${pattern}; it said:\n${said.join('\n')}`)),
      200_000,
    );
    look();
  });

const picture = async (name: string): Promise<void> => {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
};

const actAs = async (name: string): Promise<void> => {
  await page.getByTestId(`user-switch-${name}`).click();
};

const thread = () => page.getByTestId('thread');
const proposal = () =>
  thread()
    .getByTestId('message')
    .filter({ has: page.getByTestId('button-approve') });

beforeAll(async () => {
  demo = spawn(process.execPath, ['--import', 'tsx', 'src/demo.ts', '--port', '0', '--fault', 'crash-loop'], {
    cwd: root,
    // People are slow, and so is a busy machine: the window must not close before the test has clicked.
    env: { ...process.env, DEMO_AUTO_APPROVE_SECONDS: '600' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (demo.stdout !== null) createInterface({ input: demo.stdout }).on('line', (line) => said.push(line));
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
});

afterAll(async () => {
  await browser?.close();
  demo?.kill('SIGTERM');
});

describe('the demo in a browser', () => {
  it('shows #incidents, and the thread unfolds until a proposal waits', async () => {
    const line = await untilSaid(/Open the local Slack: {2}http/);
    await page.goto(/http\S+/.exec(line)?.[0] ?? '');
    const rootMessage = page.getByTestId('channel-view-incidents').getByTestId('message').filter({ hasText: 'INC-1' });
    await rootMessage.first().waitFor({ timeout: 120_000 });
    await rootMessage.first().getByTestId('thread-summary').click({ timeout: 120_000 });
    await thread().getByText('ComputeAgent').first().waitFor({ timeout: 60_000 });
    await proposal().waitFor({ timeout: 120_000 });
    await picture('proposal');
    expect(await thread().textContent()).toMatch(/Take back the change|Roll back/);
  });

  it('refuses an outsider with words that only the outsider sees', async () => {
    await actAs('mallory');
    await proposal().getByTestId('button-reject').click();
    const confirm = page.getByTestId('confirm-yes');
    if (await confirm.isVisible()) await confirm.click();
    await page.getByTestId('ephemeral-note').first().waitFor();
    expect(await proposal().count()).toBe(1);
  });

  it('lets an approver approve with the button; the app is well again and the post-mortem is in the thread', async () => {
    await actAs('bob');
    await proposal().getByTestId('button-approve').click();
    const confirm = page.getByTestId('confirm-yes');
    await confirm.click();
    await untilSaid(/closed as resolved/);
    await thread().getByText('Post-mortem').first().waitFor({ timeout: 60_000 });
    await picture('resolved');
    expect(await thread().textContent()).toMatch(/Approved by/i);
  });

  it('answers /sre in the channel and shows App Home', async () => {
    const composer = page.getByTestId('composer');
    await composer.fill('/sre status');
    await composer.press('Enter');
    await page.getByTestId('ephemeral-note').last().waitFor();
    await page.getByTestId('app-srebot').click();
    await page.getByTestId('app-home').getByText('autonomous').first().waitFor({ timeout: 30_000 });
    await picture('home');
  });
});
