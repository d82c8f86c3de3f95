import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { laboratorySenders } from '../../src/demo/environment.ts';
import { shopNamespace } from '../../src/lab/laboratory.ts';
import { type Story, startStory } from './story.ts';
import { isToldToTheEnd, wordsOf } from './thread-reading.ts';

let story: Story;

beforeAll(async () => {
  story = await startStory();
}, 120_000);

afterAll(() => story?.close(), 30_000);

const post = (alerts: readonly unknown[]): Promise<Response> =>
  fetch(`${story.bot().url}/alerts/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${laboratorySenders.alertmanager}` },
    body: JSON.stringify({ version: '4', alerts }),
  });

const hostile =
  '../../<!channel> <@U0BOB0001> <https://evil.example|click> *bold* :white_check_mark:\u0000\n\u202e"\'`$(reboot)`';

const markupIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as { readonly type?: string; readonly text?: unknown };
  const own = type === 'mrkdwn' && typeof text === 'string' ? [text] : [];
  return [...own, ...Object.values(value).flatMap(markupIn)];
};

/** Everything that Slack reads as its markup; names of files and other plain texts it shows as they are. */
const markupShown = (): string =>
  story.lab.slack
    .messages(story.lab.slack.channels.incidents)
    .flatMap(({ text, blocks }) => [text, ...markupIn(blocks)])
    .join('\n');

describe('alerts that nobody should send', { timeout: 180_000 }, () => {
  it('one about a workload that does not exist, at an absurd time, full of markup and paths, ends with a person', async () => {
    const noise = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`label_${n}`, hostile]));
    const odd = {
      status: 'firing',
      labels: { ...noise, alertname: hostile, namespace: shopNamespace, deployment: 'ghost', severity: 'sev-0' },
      annotations: { summary: `${hostile} summary`, [hostile]: hostile },
      startsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'javascript:alert(1)',
      fingerprint: '../../etc/passwd',
    };
    const answer = await post([{ status: 'on fire' }, odd, null]);
    expect([answer.status, await answer.json()]).toEqual([
      202,
      expect.objectContaining({
        accepted: 1,
        refused: [expect.objectContaining({ index: 0 }), expect.objectContaining({ index: 2 })],
        doubts: expect.arrayContaining([expect.stringContaining('is far from the time of its arrival')]),
      }),
    ]);
    // The same delivery once more is no second incident.
    expect(await (await post([odd])).json()).toMatchObject({ accepted: 1, repeated: 1 });

    const incident = await story.nextIncident();
    const { file, thread } = await incident.until('the odd alert is told to the end', isToldToTheEnd);

    expect(file.closure?.outcome).toBe('escalated');
    expect(file.attempts).toEqual([]);
    expect(incident.writes()).toEqual([]);
    expect(await story.incidents()).toBe(1);

    const context = wordsOf(thread, 'context');
    expect(context).toMatch(/Doubtful:.*is far from the time of its arrival/);
    expect(context).toContain(`There is no workload ghost in namespace ${shopNamespace}.`);
    // The windows are laid around the arrival, not around the year 1.
    expect(Date.parse(file.context?.baseline.from ?? '')).toBeGreaterThan(Date.now() - 7_200_000);

    const shown = markupShown();
    expect(shown).not.toMatch(/<!(?!date\^)/);
    expect(shown).not.toContain('<@U0BOB0001>');
    expect(shown).not.toContain('<https://evil');
    expect(shown).not.toContain('javascript:');

    expect(file.postMortem?.location).toMatch(new RegExp(`/post-mortems/INC-1-${incident.uid}\\.md$`));
    expect(file.postMortem?.markdown).not.toMatch(/<!channel>|@U0BOB|https:\/\/evil/);

    const journal = await story.bot().journal.of(incident.uid);
    expect(journal[0]).toMatchObject({ verb: 'open', detail: { doubts: expect.any(Array) } });
    expect((await story.bot().journal.of('bot')).filter(({ verb }) => verb === 'delivery-refused')).toMatchObject([
      { subject: 'some-alerts-unreadable', detail: { source: 'alertmanager', status: 202 } },
    ]);
    expect(await story.bot().journal.firstBroken()).toBeNull();
  });
});
