import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { shopNamespace } from '../../src/lab/laboratory.ts';
import { writesOfBot } from './incident-story.ts';
import { type Story, startStory } from './story.ts';
import { isToldToTheEnd, keysOf, wordsOf } from './thread-reading.ts';

let story: Story;

beforeAll(async () => {
  story = await startStory();
}, 120_000);

afterEach(() => story.calm(), 150_000);

afterAll(() => story?.close(), 30_000);

const deployment = (workload: string) => story.lab.cluster.store.get('deployments', shopNamespace, workload);
const specOf = (workload: string) => deployment(workload)?.spec.template.spec;

const podUids = (app: string): readonly (string | undefined)[] =>
  story.lab.cluster.store
    .list('pods', shopNamespace)
    .filter(({ metadata }) => metadata.labels?.app === app)
    .map(({ metadata }) => metadata.uid);

const rootsIn = (channel: string): readonly string[] =>
  story.lab.slack
    .messages(channel)
    .filter(({ thread_ts, ts }) => thread_ts === undefined || thread_ts === ts)
    .map(({ ts }) => ts);

const remediesOf = (file: CaseFile): readonly string[] =>
  file.attempts.map(({ plan }) => `${plan.action} ${plan.parameters.target ?? plan.workload.name}`);

describe('nobody is there', { timeout: 180_000 }, () => {
  it('a crash loop is mended to the letter after the window has closed, and can be traced from the alert to the write', async () => {
    const before = specOf('checkoutservice');
    const disconnect = await story.connect('alertmanager');
    story.lab.chaos.inject('crash-loop');
    expect(specOf('checkoutservice')).not.toEqual(before);

    const incident = await story.nextIncident();
    const { file, thread } = await incident.until('the crash loop is told to the end', isToldToTheEnd);
    disconnect();

    expect(file.closure).toMatchObject({ outcome: 'resolved' });
    expect(file.verdict).toMatchObject({
      kind: 'agreed',
      cause: { workload: 'checkoutservice', fault: 'crash-loop' },
      inference: 'none',
    });
    expect(file.attempts).toMatchObject([
      { decision: { kind: 'auto', via: 'auto', by: [] }, verification: { verdict: 'recovered' } },
    ]);
    expect(specOf('checkoutservice')).toEqual(before);

    const [attempt] = file.attempts;
    const actionId = attempt?.plan.id;
    expect(incident.writes()).toEqual([
      { auditId: `${incident.uid}.${actionId}`, verb: 'patch', object: 'deployments/checkoutservice', code: 200 },
    ]);
    expect(deployment('checkoutservice')?.metadata.annotations).toMatchObject({
      'sre.ai4all.dev/incident-uid': incident.uid,
      'sre.ai4all.dev/action-id': actionId,
    });

    expect(keysOf(thread)).toEqual([
      'root',
      'context',
      'analysis:compute',
      'analysis:database',
      'analysis:network',
      'consensus',
      'proposal:1',
      'result:1',
      'postmortem',
      `file:INC-${file.incident.number}-post-mortem.md`,
    ]);
    expect(rootsIn(story.lab.slack.channels.incidents)).toEqual([thread[0]?.message.ts]);
    expect(thread[0]?.message.edited).toBeDefined();
    expect(wordsOf(thread, 'root')).toMatch(/\*Resolved\*/);
    expect(wordsOf(thread, 'context')).toMatch(/kubectl-edit changed deployment\/checkoutservice/);
    expect(wordsOf(thread, 'context')).toMatch(/Seen before:\* nothing similar/);
    const consensus = wordsOf(thread, 'consensus');
    expect(consensus).toMatch(/The specialists agree: Crash loop/);
    expect(consensus).toMatch(/\*Strongest evidence\*\n(• \*\[E\d+\]\* .+\n){2,3}/);
    expect(consensus).toMatch(/\*Speaks against it/);
    expect(consensus).toMatch(/\*Ruled out\*\n• .+ in checkoutservice \[E\d+\]: /);
    const numbered = new Set(file.context?.evidence.map(({ id }) => id));
    expect([...consensus.matchAll(/E\d+(?=\])/g)].filter(([id]) => !numbered.has(id))).toEqual([]);
    expect(file.postMortem?.markdown).toMatch(/^- Speaks against it: .+$/m);
    expect(file.postMortem?.markdown).toMatch(/^- Ruled out: .+ of checkoutservice \[E\d+\]: .+$/m);
    const proposal = wordsOf(thread, 'proposal:1');
    expect(proposal).toMatch(/Gates: all passed/);
    expect(proposal).toMatch(/:white_check_mark:.* Kyverno .*Server dry run/);
    expect(proposal).toMatch(/^\+.*sre\.ai4all\.dev\/incident-uid: /m);
    expect(proposal).toMatch(/Approved automatically.*nobody objected/);
    expect(wordsOf(thread, 'result:1')).toContain(`${incident.uid}.${actionId}`);
    expect(wordsOf(thread, 'result:1')).toMatch(/\*Recovered\*/);

    expect(await story.bot().journal.firstBroken()).toBeNull();
    const trace = await story.sre(story.lab.slack.users.alice, `trace INC-${file.incident.number}`);
    expect(trace).toMatch(/^alert .*firing: alertmanager, fingerprint \w+, sent by alertmanager \(bearer\)$/m);
    expect(trace).toMatch(/^decision .* auto /m);
    expect(trace).toMatch(/^write .* applied: deployment\/checkoutservice/m);
    expect(trace).toMatch(/write-intent/);
    expect(trace).toContain(`Audit-ID ${incident.uid}.${actionId}`);
    expect(trace).toMatch(/The chain is whole: every page of the case has its record/);

    story.lab.chaos.inject('crash-loop');
    await story.alert({ name: file.alerts[0]?.name ?? '', workload: 'checkoutservice' });
    const again = await story.nextIncident();
    const remembered = await again.until('the second crash loop shows what is remembered', (sight) =>
      /Seen before/.test(wordsOf(sight.thread, 'context')),
    );
    expect(remembered.file.recollections).toMatchObject([
      { exact: true, memory: { uid: incident.uid, outcome: 'resolved' } },
    ]);
    expect(wordsOf(remembered.thread, 'context')).toMatch(/checkoutservice, Crash loop.*the same signature.*resolved/);
  });

  it('a false alarm is closed without action: nothing is proposed and nothing written', async () => {
    const writesBefore = writesOfBot(story.lab);
    const disconnect = await story.connect('alertmanager');
    story.lab.chaos.inject('false-alarm');

    const incident = await story.nextIncident();
    const { file, thread } = await incident.until('the false alarm is told to the end', isToldToTheEnd);
    disconnect();

    expect(file.verdict).toMatchObject({ kind: 'agreed', cause: { fault: 'none' } });
    expect(file.attempts).toEqual([]);
    expect(file.closure).toMatchObject({ outcome: 'no_action' });
    expect(writesOfBot(story.lab)).toEqual(writesBefore);
    expect(keysOf(thread)).toEqual([
      'root',
      'context',
      'analysis:compute',
      'analysis:database',
      'analysis:network',
      'consensus',
      'postmortem',
      `file:INC-${file.incident.number}-post-mortem.md`,
    ]);
    expect(wordsOf(thread, 'root')).toMatch(/\*Closed without action\*/);
    expect(wordsOf(thread, 'consensus')).toMatch(/The specialists agree: nothing is wrong/);
    expect(wordsOf(thread, 'postmortem')).toMatch(/its rule deserves a look/);
  });

  it('leaking connections are brought by GoAlert: the clients of the full Redis are restarted, Redis is not', async () => {
    const redisBefore = podUids('redis-cart');
    const cartBefore = podUids('cartservice');
    const disconnect = await story.connect('goalert');
    story.lab.chaos.inject('redis-connections');

    const incident = await story.nextIncident();
    const { file, thread } = await incident.until('the leak is told to the end', isToldToTheEnd);
    disconnect();

    expect(file.alerts[0]).toMatchObject({ source: 'goalert', sender: { name: 'goalert', via: 'path' } });
    expect(file.verdict).toMatchObject({
      kind: 'agreed',
      cause: { workload: 'redis-cart', fault: 'connection-exhaustion' },
    });
    expect(remediesOf(file)).toEqual(['restart-workload cartservice']);
    expect(file.closure).toMatchObject({ outcome: 'resolved' });
    expect(incident.writes()).toMatchObject([{ verb: 'patch', object: 'deployments/cartservice' }]);
    expect(podUids('redis-cart')).toEqual(redisBefore);
    expect(podUids('cartservice').filter((uid) => cartBefore.includes(uid))).toEqual([]);
    expect(wordsOf(thread, 'consensus')).toMatch(/Connections exhausted in redis-cart/);
    // Alerts that came before the cause was known may have opened a case of their own: each ends as a duplicate.
    await vi.waitFor(async () => expect(await story.incidents()).toBe(file.incident.number), {
      timeout: 30_000,
      interval: 500,
    });
  });
});
