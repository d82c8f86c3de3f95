import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { shopNamespace } from '../../src/lab/laboratory.ts';
import { type IncidentStory, readMessage, writesOfBot } from './incident-story.ts';
import { type Story, startStory } from './story.ts';
import { awaits, hasButtons, isToldToTheEnd, wordsOf } from './thread-reading.ts';

let story: Story;

beforeAll(async () => {
  // A window that no busy machine closes before people have had their say.
  story = await startStory({ config: { AUTO_APPROVE_SECONDS: '600' } });
}, 120_000);

afterEach(() => story.calm(), 150_000);

afterAll(() => story?.close(), 30_000);

const react = async (incident: IncidentStory, user: string, reaction: { key: string; name: string }): Promise<void> => {
  const place = await incident.address(reaction.key);
  await story.lab.slack.people.react({ user, ...place, name: reaction.name });
};

const click = async (incident: IncidentStory, user: string, button: { key: string; actionId: string }) => {
  const place = await incident.address(button.key);
  await story.lab.slack.people.click({ user, ...place, actionId: button.actionId });
};

const selectorOf = (service: string) => story.lab.cluster.store.get('services', shopNamespace, service)?.spec.selector;
const replicasOf = (workload: string) =>
  story.lab.cluster.store.get('deployments', shopNamespace, workload)?.spec.replicas;

/** The incident of a fault, at the moment when its first proposal waits. */
const untilProposed = async (fault: string, workload: string): Promise<IncidentStory> => {
  story.lab.chaos.inject(fault, { workload });
  await story.alert({ name: 'ShopComplains', workload });
  const incident = await story.nextIncident();
  await incident.until('a proposal waits', awaits(1));
  return incident;
};

describe('people decide', { timeout: 180_000 }, () => {
  it('an approver approves by emoji; an outsider and an engineer without that right are told why not', async () => {
    const { alice, bob, mallory } = story.lab.slack.users;
    const selector = selectorOf('currencyservice');
    const incident = await untilProposed('selector-drift', 'currencyservice');

    for (const user of [mallory, alice]) {
      const heard = story.listen(user);
      await react(incident, user, { key: 'proposal:1', name: 'white_check_mark' });
      expect(await heard()).toMatch(/approver/i);
    }
    const refused = await incident.see();
    expect(refused.file.attempts[0]).toMatchObject({ ballots: [] });
    expect(refused.file.attempts[0]?.decision).toBeUndefined();
    expect(incident.writes()).toEqual([]);

    await react(incident, bob, { key: 'proposal:1', name: 'white_check_mark' });
    const { file, thread } = await incident.until('the approved remedy is told to the end', isToldToTheEnd);
    expect(file.attempts).toMatchObject([
      { decision: { kind: 'approved', via: 'emoji', by: [{ id: bob }] }, verification: { verdict: 'recovered' } },
    ]);
    expect(file.closure).toMatchObject({ outcome: 'resolved' });
    expect(incident.writes()).toMatchObject([
      { auditId: `${incident.uid}.${file.attempts[0]?.plan.id}`, verb: 'patch', object: 'services/currencyservice' },
    ]);
    expect(selectorOf('currencyservice')).toEqual(selector);
    expect(wordsOf(thread, 'proposal:1')).toMatch(/\*Approved\* by bob, by emoji/i);
    expect(hasButtons(thread, 'proposal:1')).toBe(false);
  });

  it('a hold stops the window; a rejection by button brings the next plan, and a second one brings a person', async () => {
    const { bob, carol } = story.lab.slack.users;
    const incident = await untilProposed('selector-drift', 'shippingservice');
    const offered = await incident.see();
    expect(offered.file.attempts[0]?.ask?.autoApproveAt).toBeDefined();

    await click(incident, carol, { key: 'proposal:1', actionId: 'hold' });
    const held = await incident.until('root and proposal say that it is held', ({ thread }) =>
      ['root', 'proposal:1'].every((key) => /held by carol/i.test(wordsOf(thread, key))),
    );
    expect(held.file.attempts[0]?.ask?.autoApproveAt).toBeUndefined();

    await click(incident, bob, { key: 'proposal:1', actionId: 'reject' });
    const next = await incident.until(
      'another plan waits, or a person is asked',
      (sight) => awaits(2)(sight) || sight.file.closure !== undefined,
    );
    expect(next.file.attempts[0]?.decision).toMatchObject({ kind: 'rejected', via: 'button', by: [{ id: bob }] });
    if (next.file.closure === undefined) {
      expect(next.file.attempts[1]?.plan.hash).not.toBe(next.file.attempts[0]?.plan.hash);
      await click(incident, bob, { key: 'proposal:2', actionId: 'reject' });
    }
    const { file, thread } = await incident.until('the rejected incident is told to the end', isToldToTheEnd);
    expect(file.closure).toMatchObject({ outcome: 'escalated' });
    expect(wordsOf(thread, 'proposal:1')).toMatch(/\*Rejected\* by bob, by button/i);
    expect(wordsOf(thread, 'handover')).toMatch(/A person must take over/);
    expect(wordsOf(thread, 'handover')).toMatch(/kubectl -n online-boutique/);
    expect(incident.writes()).toEqual([]);
  });

  it('an alert that resolves while the proposal waits ends the incident; nobody can approve it any more', async () => {
    const { bob } = story.lab.slack.users;
    const incident = await untilProposed('bad-image', 'adservice');
    await story.alert({ name: 'ShopComplains', workload: 'adservice', status: 'resolved' });
    const { file, thread } = await incident.until('the resolved incident is told to the end', isToldToTheEnd);
    expect(file.closure).toMatchObject({ outcome: 'self_resolved' });
    expect(file.attempts).toMatchObject([{ decision: { kind: 'obsolete' } }]);
    expect(wordsOf(thread, 'proposal:1')).toMatch(/\*Obsolete\*/);
    expect(hasButtons(thread, 'proposal:1')).toBe(false);
    expect(wordsOf(thread, 'root')).toMatch(/\*Recovered by itself\*/);

    const heard = story.listen(bob);
    await react(incident, bob, { key: 'proposal:1', name: 'white_check_mark' });
    expect(await heard()).toMatch(/closed already/);
    expect(await story.sre(bob, `approve INC-${file.incident.number}`)).toMatch(/closed already/);
    expect((await incident.see()).file).toEqual(file);
    expect(incident.writes()).toEqual([]);
  });

  it('a proposal outlives a restart of the bot: it is approved afterwards, written once, and no message comes twice', async () => {
    const { bob } = story.lab.slack.users;
    const replicas = replicasOf('paymentservice');
    const incident = await untilProposed('scaled-to-zero', 'paymentservice');
    const before = await incident.see();

    await story.restartBot();
    await react(incident, bob, { key: 'proposal:1', name: 'white_check_mark' });
    const { file, thread } = await incident.until('the incident is told to the end by the second bot', isToldToTheEnd);

    expect(file.closure).toMatchObject({ outcome: 'resolved' });
    expect(file.attempts).toMatchObject([{ plan: { id: before.file.attempts[0]?.plan.id } }]);
    expect(incident.writes()).toMatchObject([{ verb: 'patch' }]);
    expect(replicasOf('paymentservice')).toBe(replicas);
    expect(thread.slice(0, before.thread.length).map(({ key, message }) => [key, message.ts])).toEqual(
      before.thread.map(({ key, message }) => [key, message.ts]),
    );
    expect(thread.map(({ key }) => key)).toEqual([...new Set(thread.map(({ key }) => key))]);
    const roots = story.lab.slack
      .messages(story.lab.slack.channels.incidents)
      .map(readMessage)
      .filter(({ key, words }) => key === 'root' && words.includes(incident.uid));
    expect(roots).toHaveLength(1);
    expect(await story.bot().journal.firstBroken()).toBeNull();
  });

  it('a broken callee and its complaining caller are one incident; workloads that have nothing to do with each other are two', async () => {
    const writesBefore = writesOfBot(story.lab);
    const before = await story.incidents();
    for (const workload of ['recommendationservice', 'productcatalogservice', 'redis-cart', 'emailservice']) {
      await story.alert({ name: 'ShopComplains', workload });
    }
    const opened = [await story.nextIncident(), await story.nextIncident(), await story.nextIncident()];
    const files = await Promise.all(
      opened.map(
        async (incident) => (await incident.until('it has a verdict', ({ file }) => file.verdict !== undefined)).file,
      ),
    );
    const alerted = files.map(({ alerts }) => alerts.map(({ labels }) => labels.deployment));
    expect(alerted).toEqual([['recommendationservice', 'productcatalogservice'], ['redis-cart'], ['emailservice']]);
    expect(await story.incidents()).toBe(before + 3);
    await story.calm();
    expect(writesOfBot(story.lab)).toEqual(writesBefore);
  });
});
