import type { LocalSlack } from '../../src/lab/slack/local-slack.ts';

/** Calls a minute that Slack publishes for an app: posts are counted for each channel, tiers 2, 3 and 4 for the workspace. */
const publishedPerMinute: Readonly<Record<string, number>> = {
  'chat.postMessage': 60,
  'chat.update': 50,
  'conversations.history': 50,
  'conversations.replies': 50,
  'conversations.list': 20,
  'usergroups.list': 20,
  'usergroups.users.list': 20,
  'users.info': 100,
  'files.getUploadURLExternal': 100,
  'files.completeUploadExternal': 100,
  'files.info': 100,
  'views.publish': 100,
};

/** How one method was used: its calls in all, in the busiest 60 s, and how many were refused as too many. */
export interface MethodUse {
  readonly method: string;
  readonly calls: number;
  readonly busiestMinute: number;
  readonly perMinuteMax: number | undefined;
  readonly refused: number;
}

const busiest = (timesMs: readonly number[]): number => {
  let from = 0;
  let most = 0;
  for (const [index, atMs] of timesMs.entries()) {
    while ((timesMs[from] ?? 0) <= atMs - 60_000) from += 1;
    most = Math.max(most, index - from + 1);
  }
  return most;
};

/** The bot's calls of each method since an instant. Posts go to one channel here, so their number is that channel's. */
export const slackUse = (slack: LocalSlack, sinceMs: number): readonly MethodUse[] => {
  const calls = slack.calls().filter(({ atMs }) => atMs >= sinceMs);
  return [...new Set(calls.map(({ method }) => method))].toSorted().map((method) => {
    const own = calls.filter((call) => call.method === method);
    return {
      method,
      calls: own.length,
      busiestMinute: busiest(own.map(({ atMs }) => atMs)),
      perMinuteMax: publishedPerMinute[method],
      refused: own.filter(({ status }) => status === 429).length,
    };
  });
};

/** The uses as a table. */
export const slackTable = (uses: readonly MethodUse[]): string =>
  [
    '| Slack method | calls | in the busiest 60 s | published | refused (429) |',
    '| --- | --- | --- | --- | --- |',
    ...uses.map(
      (use) => `| ${use.method} | ${use.calls} | ${use.busiestMinute} | ${use.perMinuteMax ?? '-'} | ${use.refused} |`,
    ),
  ].join('\n');
