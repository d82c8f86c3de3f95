import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { approved, closedCase, openCase, uid, waitingCase } from './slack-cases.ts';
import { type Stage, setStage } from './slack-stage.ts';

const incidents = 'C0INCIDNT';
let stage: Stage;

afterEach(() => stage.close());

const begin = async (options: Parameters<typeof setStage>[0] = {}): Promise<void> => {
  stage = await setStage({ rateLimits: false, ...options });
  await stage.bot.start();
};

/** Cases whose incident began after the bot: nothing of them can be in Slack already. */
const fresh = (file: CaseFile): CaseFile => ({
  ...file,
  incident: { ...file.incident, openedAt: new Date(Date.now() + 1_000).toISOString() },
});

const keyOf = (message: { readonly metadata?: unknown }): string | undefined =>
  (message.metadata as { event_payload?: { key?: string } } | undefined)?.event_payload?.key;
const keys = () => stage.lab.messages(incidents).flatMap((message) => keyOf(message) ?? []);
const messageOf = (key: string) => stage.lab.messages(incidents).find((message) => keyOf(message) === key);
const posts = () => stage.lab.calls().filter(({ method }) => method === 'chat.postMessage').length;
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

const wholeThread = [
  'root',
  'context',
  'analysis:network',
  'analysis:database',
  'analysis:compute',
  'consensus',
  'proposal:1',
];

describe('a thread in Slack', () => {
  it('is posted in order under its root, with the picture of the signal', async () => {
    await begin();
    stage.tell(fresh(waitingCase()));
    await eventually(() => expect(keys()).toEqual(wholeThread));
    const root = messageOf('root');
    expect(
      stage.lab
        .messages(incidents)
        .slice(1)
        .every((message) => message.thread_ts === root?.ts),
    ).toBe(true);
    const image = messageOf('context')?.blocks?.find((block) => block.type === 'image') as {
      slack_file: { id: string };
    };
    expect(stage.lab.fileBytes(image.slack_file.id)?.subarray(1, 4).toString()).toBe('PNG');
  });

  it('is told to its end while its case changes without a pause, and no edit gets a turn', async () => {
    const never = { perSecond: 0.001, burst: 0 };
    await begin({ paces: { post: { perSecond: 50, burst: 50 }, edit: never } });
    stage.tell(fresh(openCase()));
    await eventually(() => expect(keys()).toEqual(['root']));
    let version = 1;
    const storm = setInterval(() => {
      version += 1;
      const file = fresh(waitingCase());
      stage.tell({ ...file, version, incident: { ...file.incident, title: `Trouble, seen ${version} times` } });
    }, 1);
    await eventually(() => expect(keys()).toEqual(wholeThread)).finally(() => clearInterval(storm));
  });

  it('edits what differs, and posts nothing twice', async () => {
    await begin();
    stage.tell(fresh(openCase()));
    await eventually(() => expect(keys()).toEqual(['root']));
    stage.tell(fresh(waitingCase()));
    await eventually(() => expect(messageOf('root')?.text).toContain('Waiting for a decision'));
    stage.tell(fresh(closedCase()));
    await eventually(() => expect(messageOf('root')?.text).toContain('Resolved'));
    await eventually(() => expect(messageOf('proposal:1')?.text).toContain('Approved by bob'));
    expect(messageOf('proposal:1')?.blocks?.some((block) => block.type === 'actions')).toBe(false);
    expect(keys()).toEqual([...wholeThread, 'result:1', 'postmortem']);
  });

  it('edits one message at most once a second, and ends with the newest state', async () => {
    await begin();
    stage.tell(fresh(openCase()));
    await eventually(() => expect(keys()).toEqual(['root']));
    const file = fresh(openCase());
    for (let number = 0; number < 30; number += 1) {
      stage.tell({ ...file, incident: { ...file.incident, title: `title ${number}` } });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => expect(messageOf('root')?.text).toContain('title 29'));
    expect(stage.lab.calls().filter(({ method }) => method === 'chat.update').length).toBeLessThanOrEqual(3);
  });

  it('finds the post-mortem again that an earlier life posted and did not live to enter', async () => {
    await begin();
    const documents = () => stage.lab.messages(incidents).flatMap(({ files = [] }) => files.map(({ name }) => name));
    stage.tell(fresh(closedCase()));
    await eventually(() => expect(stage.shown.entries.has(`${uid} file:postmortem`)).toBe(true));
    await stage.bot.stop();
    for (const key of ['file:postmortem', 'told']) stage.shown.entries.delete(`${uid} ${key}`);
    await stage.another().start();
    await eventually(() => expect(stage.shown.entries.has(`${uid} file:postmortem`)).toBe(true));
    expect(documents()).toEqual(['INC-7-post-mortem.md']);
  });

  it('ends with the post-mortem as a file in the thread, once', async () => {
    await begin();
    stage.tell(fresh(closedCase()));
    const documents = () => stage.lab.messages(incidents).flatMap((message) => message.files ?? []);
    await eventually(() => expect(documents().map(({ name }) => name)).toEqual(['INC-7-post-mortem.md']));
    stage.tell(fresh(closedCase()));
    await stage.bot.stop();
    expect(documents().length).toBe(1);
    expect(stage.lab.fileBytes(documents()[0]?.id ?? '')?.toString()).toContain('A bad image was rolled out');
  });

  it('is complete without its picture when uploads fail', async () => {
    await begin();
    stage.lab.injectFault({ method: 'files.getUploadURLExternal', error: 'internal_error', times: 50 });
    stage.tell(fresh(waitingCase()));
    await eventually(() => expect(keys()).toEqual(wholeThread));
    expect(messageOf('context')?.blocks?.some((block) => block.type === 'image')).toBe(false);
  });

  it('gets its picture later when the first upload fails', async () => {
    await begin();
    stage.lab.injectFault({ method: 'files.getUploadURLExternal', error: 'internal_error' });
    stage.tell(fresh(waitingCase()));
    await eventually(() => expect(messageOf('context')?.blocks?.some((block) => block.type === 'image')).toBe(true));
    expect(keys()).toEqual(wholeThread);
  });
});

describe('threads that an earlier life left behind', () => {
  const other = (number: number): CaseFile => {
    const file = closedCase();
    return {
      ...file,
      incident: { ...file.incident, number, uid: `0197a6c2-7d1e-7c3a-9f00-${String(number).padStart(12, '0')}` },
    };
  };

  it('are completed, however many incidents ended since; those that are told to the end are left alone', async () => {
    stage = await setStage({ rateLimits: false });
    stage.cases.set(
      uid,
      fresh(closedCase({ closure: { at: new Date().toISOString(), outcome: 'resolved', reason: '' } })),
    );
    for (let number = 100; number < 200; number += 1) {
      const told = other(number);
      stage.cases.set(told.incident.uid, told);
      const mark = { uid: told.incident.uid, key: 'told', channel: incidents, ts: `told ${number}`, at: '' };
      await stage.shown.put({ ...mark, hash: `page ${told.version}, watchtower` });
    }
    await stage.bot.start();
    await eventually(() => expect(stage.shown.entries.get(`${uid} told`)?.hash).toBe('page 1, watchtower'));
    expect(keys()).toContain('postmortem');
    expect(keys().filter((key) => key === 'root')).toHaveLength(1);
  });

  it('are compared again when the mode is another', async () => {
    await begin();
    stage.tell(fresh(waitingCase()));
    await eventually(() => expect(stage.shown.entries.get(`${uid} told`)).toBeDefined());
    const entry = stage.shown.entries.get(`${uid} told`);
    if (entry !== undefined) await stage.shown.put({ ...entry, hash: 'page 1, autonomous' });
    await stage.bot.stop();
    await stage.another({ callMsMax: 5_000 }).start();
    await eventually(() => expect(stage.shown.entries.get(`${uid} told`)?.hash).toBe('page 1, watchtower'));
    expect(keys()).toEqual(wholeThread);
  });
});

describe('a thread in a bad hour', () => {
  it('is not posted twice when the reply to a post is lost', async () => {
    await begin();
    stage.lab.injectFault({ method: 'chat.postMessage', lostReply: true });
    stage.tell(fresh(openCase()));
    await eventually(() => expect(stage.shown.entries.has(`${uid} root`)).toBe(true));
    stage.lab.injectFault({ method: 'chat.postMessage', lostReply: true });
    stage.tell(fresh(waitingCase()));
    await eventually(() => expect([...stage.shown.entries.keys()]).toContain(`${uid} proposal:1`));
    expect(keys().length).toBe(wholeThread.length);
    expect(new Set(keys())).toEqual(new Set(wholeThread));
  });

  it.each([
    ['root', 0],
    ['third message', 2],
  ])(
    'keeps one of two when the %s arrives after it was given up and posted again',
    { timeout: 90_000 },
    async (_what, before) => {
      stage = await setStage({ rateLimits: false, config: { callMsMax: 4_000 } });
      await stage.bot.start();
      let arrive: () => void = () => undefined;
      const heldUntil = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      if (before > 0) stage.lab.injectFault({ method: 'chat.postMessage', times: before });
      stage.lab.injectFault({ method: 'chat.postMessage', heldUntil });
      stage.tell(fresh(waitingCase()));
      await eventually(() => expect(keys()).toEqual(wholeThread));
      expect(stage.shown.entries.has(`${uid} told`)).toBe(false);
      arrive();
      await eventually(() => expect(keys()).toHaveLength(wholeThread.length + 1));
      await vi.waitFor(() => expect(stage.shown.entries.has(`${uid} told`)).toBe(true), { timeout: 30_000 });
      expect(keys()).toEqual(wholeThread);
      const root = stage.shown.entries.get(`${uid} root`)?.ts ?? '';
      expect(stage.lab.thread(incidents, root).flatMap((one) => keyOf(one) ?? [])).toEqual(wholeThread);
    },
  );

  it('keeps one of two documents when the first one stood there late', { timeout: 90_000 }, async () => {
    stage = await setStage({ rateLimits: false, fileReadyMs: 4_000, config: { callMsMax: 8_000 } });
    await stage.bot.start();
    stage.lab.injectFault({ method: 'files.completeUploadExternal', lostReply: true });
    // Without evidence there is no picture: the document is the only file.
    const { context, ...file } = closedCase();
    stage.tell(fresh({ ...file, ...(context && { context: { ...context, evidence: [] } }) }));
    const documents = () => stage.lab.messages(incidents).flatMap(({ files = [] }) => files.map(({ name }) => name));
    await vi.waitFor(() => expect(stage.shown.entries.has(`${uid} told`)).toBe(true), { timeout: 60_000 });
    expect(stage.lab.calls().filter(({ method }) => method === 'chat.delete')).toHaveLength(1);
    expect(documents()).toEqual(['INC-7-post-mortem.md']);
  });

  it('catches up with the newest state after an outage', async () => {
    await begin();
    stage.lab.injectFault({ method: '*', status: 503, times: 3 });
    stage.tell(fresh(openCase()));
    await eventually(() => expect(stage.log.lines.some(({ level }) => level === 'warn')).toBe(true));
    stage.tell(fresh(waitingCase()));
    await eventually(() => expect(keys()).toEqual(wholeThread));
    expect(messageOf('root')?.text).toContain('Waiting for a decision');
  });

  it('waits as long as Slack asks', async () => {
    await begin();
    stage.lab.injectFault({ method: 'chat.postMessage', status: 429, retryAfter: 1 });
    stage.tell(fresh(openCase()));
    await eventually(() => expect(keys()).toEqual(['root']));
    const [refused, accepted] = stage.lab.calls().filter(({ method }) => method === 'chat.postMessage');
    expect((accepted?.atMs ?? 0) - (refused?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('is told again from its root when a person deletes the root', async () => {
    await begin();
    stage.tell(fresh(waitingCase()));
    await eventually(() => expect(stage.shown.entries.has(`${uid} proposal:1`)).toBe(true));
    const before = messageOf('root');
    await stage.lab.people.remove({ channel: incidents, ts: before?.ts ?? '' });
    await eventually(() => expect(keys().filter((key) => key === 'proposal:1').length).toBeGreaterThanOrEqual(1));
    await eventually(() => expect(stage.shown.entries.get(`${uid} proposal:1`)?.ts).not.toBe(undefined));
    await eventually(() => expect(messageOf('root')?.ts).not.toBe(before?.ts));
    await eventually(() =>
      expect(stage.lab.thread(incidents, messageOf('root')?.ts ?? '').flatMap((one) => keyOf(one) ?? [])).toEqual(
        wholeThread,
      ),
    );
  });

  it('gets a proposal back that a person deleted', async () => {
    await begin();
    stage.tell(fresh(waitingCase()));
    await eventually(() => expect(stage.shown.entries.has(`${uid} proposal:1`)).toBe(true));
    await stage.lab.people.remove({ channel: incidents, ts: messageOf('proposal:1')?.ts ?? '' });
    await eventually(() => expect(messageOf('proposal:1')).toBeDefined());
    expect(keys().filter((key) => key === 'root')).toEqual(['root']);
  });

  it('falls back to words when Slack refuses the blocks', async () => {
    await begin();
    stage.lab.injectFault({ method: 'chat.postMessage', error: 'invalid_blocks' });
    stage.tell(fresh(openCase()));
    await eventually(() => expect(messageOf('root')?.text).toContain('INC-7'));
  });

  it('is found again by the next life of the bot when the ledger lost it', async () => {
    await begin();
    stage.tell(fresh(waitingCase()));
    await eventually(() => expect(keys()).toEqual(wholeThread));
    await stage.bot.stop();
    for (const key of ['root', 'consensus', 'told']) stage.shown.entries.delete(`${uid} ${key}`);
    const before = posts();
    stage.cases.set(uid, {
      ...waitingCase(),
      incident: { ...waitingCase().incident, openedAt: new Date().toISOString() },
    });
    await vi.waitFor(() => expect(Date.now() > Date.parse(stage.cases.get(uid)?.incident.openedAt ?? '')).toBe(true));
    await stage.another().start();
    await eventually(() => expect(stage.shown.entries.has(`${uid} consensus`)).toBe(true));
    expect(posts()).toBe(before);
  });

  it('shows after a start what could not be shown before', async () => {
    stage = await setStage({ rateLimits: false });
    stage.cases.set(uid, fresh(waitingCase({ attempts: [approved] })));
    await stage.bot.start();
    await eventually(() => expect(keys()).toContain('proposal:1'));
  });

  it('keeps within the rates of Slack in a storm, and lets a proposal pass before evidence of others', async () => {
    await begin({ rateLimits: true, slow: true });
    for (let number = 0; number < 6; number += 1) {
      const file = fresh(openCase());
      stage.tell({ ...file, incident: { ...file.incident, uid: `${uid}-${number}`, number } });
    }
    await eventually(() => expect(keys().length).toBe(6));
    for (let number = 0; number < 6; number += 1) {
      const file = fresh(number === 5 ? waitingCase() : waitingCase({ attempts: [] }));
      stage.tell({ ...file, incident: { ...file.incident, uid: `${uid}-${number}`, number } });
    }
    await eventually(() => expect(keys()).toContain('proposal:1'));
    // Five others have five messages each to post; the proposal did not wait for them.
    expect(keys().length).toBeLessThan(6 + 6 + 10);
    expect(stage.counted.filter(({ labels }) => labels?.outcome === 'rate_limited')).toEqual([]);
  });
});
