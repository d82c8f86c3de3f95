import { Resvg } from '@resvg/resvg-js';
import type { LocalSlack } from '../../src/lab/slack/local-slack.ts';

type Json = Record<string, unknown>;

/** Calls the Web API as the bot would; throws when Slack refuses. */
export const callAsBot = async (slack: LocalSlack, method: string, args: Json): Promise<Json> => {
  const response = await fetch(slack.apiUrl + method, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${slack.botToken}` },
    body: JSON.stringify(args),
  });
  const answer = (await response.json()) as Json;
  if (answer.ok !== true) throw new Error(`${method}: ${JSON.stringify(answer)}`);
  return answer;
};

const mrkdwn = (text: string): Json => ({ type: 'mrkdwn', text });
const plain = (text: string): Json => ({ type: 'plain_text', text });
const section = (text: string): Json => ({ type: 'section', text: mrkdwn(text) });
const context = (...texts: string[]): Json => ({ type: 'context', elements: texts.map(mrkdwn) });
const header = (text: string): Json => ({ type: 'header', text: plain(text) });

const chart = (): Buffer => {
  const points = Array.from({ length: 60 }, (_, index) => {
    const height = index < 38 ? 22 + 5 * Math.sin(index) : Math.min(150, 22 + (index - 38) ** 1.7);
    return `${40 + index * 12},${210 - height}`;
  }).join(' ');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="260" font-family="DejaVu Sans">
    <rect width="800" height="260" fill="#fff"/><text x="40" y="26" font-size="15" fill="#1b1f1e">checkoutservice: errors a second</text>
    <rect x="496" y="44" width="256" height="166" fill="#fbe9e7"/>
    <path d="M40 210H760M40 155H760M40 100H760M40 45H760" stroke="#e3e7e5"/>
    <polyline points="${points}" fill="none" stroke="#b3261e" stroke-width="2.5"/>
    <path d="M496 44V210" stroke="#59625f" stroke-dasharray="4 3"/><text x="502" y="58" font-size="12" fill="#59625f">rollout of revision 7</text></svg>`;
  return Buffer.from(new Resvg(svg, { font: { loadSystemFonts: true } }).render().asPng());
};

const upload = async (
  slack: LocalSlack,
  file: { name: string; title: string; bytes: Buffer; alt: string },
  share: Json,
) => {
  const { upload_url, file_id } = await callAsBot(slack, 'files.getUploadURLExternal', {
    filename: file.name,
    length: file.bytes.length,
    alt_text: file.alt,
  });
  await fetch(String(upload_url), { method: 'POST', body: new Uint8Array(file.bytes) });
  await callAsBot(slack, 'files.completeUploadExternal', { files: [{ id: file_id, title: file.title }], ...share });
  return String(file_id);
};

const root = (epoch: number): Json => ({
  text: 'Critical: checkoutservice is crash looping. Waiting for an approver.',
  blocks: [
    header(':rotating_light: checkoutservice: crash loop after a rollout'),
    {
      type: 'section',
      fields: [
        mrkdwn('*Severity*\nCritical'),
        mrkdwn('*Phase*\nWaiting for an approver'),
        mrkdwn('*Workload*\n`online-boutique/checkoutservice`'),
        mrkdwn(`*Since*\n<!date^${epoch - 190}^{time_secs}, {ago}|12:00:00 UTC>`),
        mrkdwn('*Root cause*\nBad image, 94 % sure'),
        mrkdwn('*Votes*\n2 of 3 specialists agree'),
      ],
    },
    section(
      '*What is happening.* 3 of 3 pods of `checkoutservice` restart since revision 7. Checkout fails for <!subteam^S0SREAPPR|@sre-approvers> and everybody else: *41 %* of requests end with an error.',
    ),
    context('Incident `0199f3c2-7b1e` · <https://grafana.example.org/d/checkout|dashboard> · mode *supervised*'),
  ],
  metadata: { event_type: 'sre_incident', event_payload: { key: 'root' } },
});

const specialists: readonly string[] = [
  ':large_blue_circle: *Compute specialist*: `crash-loop`, 0.94\n• All 3 pods of revision 7 exit with code 1 within 2 s of their start\n• Revision 6 ran 26 days without one restart\n> panic: cannot parse CURRENCY_SERVICE_ADDR="" &lt;nil&gt;',
  ':large_green_circle: *Network specialist*: abstains\n• No change in latency between `frontend` and `checkoutservice` before the restarts\n• Selectors match; endpoints are empty because no pod is ready',
  ':large_purple_circle: *Database specialist*: `crash-loop`, 0.71\n• `redis-cart` answers in 2 ms; 14 of 10,000 connections\n• Seen once before: <https://example.org/incidents/12|the same panic>, undone by a rollback',
];

const diff = [
  '```@@ deployment/checkoutservice @@',
  '       containers:',
  '       - name: server',
  '-        image: online-boutique/checkoutservice:v0.10.2-rc1',
  '+        image: online-boutique/checkoutservice:v0.10.1',
  '         env:```',
].join('\n');

const confirm: Json = {
  title: plain('Roll checkoutservice back?'),
  text: mrkdwn('3 pods restart, one after the other. *Revision 6* ran well for 26 days.'),
  confirm: plain('Roll back'),
  deny: plain('Not yet'),
};

const proposal = (epoch: number, chartId: string): Json => ({
  text: 'Proposal: roll checkoutservice back to revision 6. Waiting for one approver.',
  blocks: [
    header('Proposal: roll back to revision 6'),
    section(`${diff}\n*Why.* The crash loop began 4 s after the rollout of revision 7, and nothing else changed.`),
    {
      type: 'image',
      slack_file: { id: chartId },
      alt_text: 'Errors a second rise from 1 to 60 right after the rollout of revision 7',
      title: plain('Errors a second'),
    },
    context(
      'Risk *low* · 3 pods · dry run accepted, 5 of 5 gates passed',
      `Runs by itself <!date^${epoch + 170}^{ago}|soon> unless somebody objects`,
    ),
    {
      type: 'actions',
      block_id: 'decision',
      elements: [
        { type: 'button', action_id: 'approve', style: 'primary', text: plain('Approve'), value: 'plan-1', confirm },
        { type: 'button', action_id: 'hold', text: plain('Hold'), value: 'plan-1' },
        { type: 'button', action_id: 'reject', style: 'danger', text: plain('Reject'), value: 'plan-1' },
        { type: 'button', action_id: 'details', text: plain('Details'), value: 'plan-1' },
        {
          type: 'overflow',
          action_id: 'more',
          options: [
            { text: plain('Copy kubectl'), value: 'kubectl' },
            { text: plain('Open dashboard'), value: 'dashboard' },
          ],
        },
      ],
    },
  ],
});

const postMortem = `# Post-mortem: checkoutservice crash loop

| Time | What |
| --- | --- |
| 12:00:00 | Rollout of revision 7 |
| 12:00:04 | First crash |
| 12:03:10 | Alert |

## What we learnt
- The image was **not** run before it was rolled out.
`;

/** An incident in the middle of its life, as the screenshots show it. Returns the timestamp of the thread's first message. */
export const seedIncident = async (slack: LocalSlack): Promise<string> => {
  const channel = slack.channels.incidents;
  const epoch = Math.floor(Date.now() / 1000);
  const say = (text: string, user: string) => slack.people.say({ user, channel, text });
  await say(
    'Deploying `checkoutservice` v0.10.2-rc1 now. *Small change*, should be quick :crossed_fingers:',
    slack.users.alice,
  );
  await say('Thanks! I am watching the dashboard', slack.users.carol);
  const { ts } = await callAsBot(slack, 'chat.postMessage', { channel, ...root(epoch) });
  const thread = { channel, thread_ts: ts };
  for (const text of specialists)
    await callAsBot(slack, 'chat.postMessage', { ...thread, text: 'A specialist reports', blocks: [section(text)] });
  const image = await upload(
    slack,
    { name: 'errors.png', title: 'Errors a second', bytes: chart(), alt: 'Errors rise' },
    {},
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  const posted = await callAsBot(slack, 'chat.postMessage', { ...thread, ...proposal(epoch, image) });
  await slack.people.say({
    user: slack.users.bob,
    channel,
    thread: String(ts),
    text: 'Looks right to me. <@U0CAROL01> do you agree?',
  });
  await upload(
    slack,
    { name: 'post-mortem.md', title: 'Post-mortem (draft)', bytes: Buffer.from(postMortem), alt: '' },
    { channel_id: channel, thread_ts: ts, initial_comment: 'A first draft of the post-mortem.' },
  );
  for (const [name, user] of [
    ['eyes', slack.users.alice],
    ['eyes', slack.users.bob],
    ['rotating_light', slack.users.carol],
  ] as const)
    await slack.people.react({ user, channel, ts: String(ts), name });
  await slack.people.react({ user: slack.users.bob, channel, ts: String(posted.ts), name: 'white_check_mark' });
  await callAsBot(slack, 'bookmarks.add', {
    channel_id: channel,
    title: 'Runbooks',
    type: 'link',
    link: 'https://example.org/runbooks',
  });
  await callAsBot(slack, 'chat.postEphemeral', {
    channel,
    user: slack.users.alice,
    text: 'You are on call until 18:00. `/sre help` shows what I can do.',
  });
  return String(ts);
};
