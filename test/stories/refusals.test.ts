import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ScriptedOllama, startScriptedOllama } from '../fakes/scripted-ollama.ts';
import { type IncidentStory, writesOfBot } from './incident-story.ts';
import { type Story, startStory } from './story.ts';
import { awaits, isToldToTheEnd, wordsOf } from './thread-reading.ts';

let story: Story;
let ollama: ScriptedOllama;

beforeAll(async () => {
  ollama = await startScriptedOllama(['llama3.2:latest']);
  story = await startStory();
}, 120_000);

afterEach(() => story.calm(), 150_000);

afterAll(async () => {
  await story?.close();
  await ollama?.close();
}, 30_000);

const strike = async (fault: string, workload: string): Promise<IncidentStory> => {
  story.lab.chaos.inject(fault, { workload });
  await story.alert({ name: 'ShopComplains', workload });
  return story.nextIncident();
};

const policies = 'validatingpolicies';

/** Nobody judges: every plan is refused, nothing is written, and a person gets the command. */
const expectHandover = async (incident: IncidentStory, gate: RegExp): Promise<void> => {
  const { file, thread } = await incident.until('the refused incident is told to the end', isToldToTheEnd);
  expect(file.closure).toMatchObject({ outcome: 'escalated' });
  expect(file.attempts.length).toBeGreaterThan(0);
  for (const { review, decision, execution } of file.attempts) {
    expect(review).toMatchObject({ passed: false });
    expect(review?.gates.filter(({ passed }) => !passed).map(({ name }) => name)).toContainEqual(
      expect.stringMatching(gate),
    );
    expect([decision, execution]).toEqual([undefined, undefined]);
  }
  expect(incident.writes()).toEqual([]);
  expect(wordsOf(thread, 'root')).toMatch(/\*Handed over to a person\*/);
  const handover = wordsOf(thread, 'handover');
  expect(handover).toMatch(/A person must take over/);
  expect(handover).toMatch(gate);
  expect(handover).toMatch(/kubectl -n online-boutique/);
};

describe('the bot keeps its hands still', { timeout: 240_000 }, () => {
  const modeSaid = () => story.sre(story.lab.slack.users.bob, 'mode');

  it('Kyverno does not answer: nothing is written, a person is asked, and the mode is watchtower until it answers again', async () => {
    story.lab.cluster.setKyverno(false);
    try {
      await expectHandover(await strike('selector-drift', 'shippingservice'), /Kyverno/);
      expect(await modeSaid()).toMatch(/The mode is watchtower[\s\S]*nobody stands guard: Kyverno does not answer/);
    } finally {
      story.lab.cluster.setKyverno(true);
    }
    await expect.poll(modeSaid, { timeout: 60_000, interval: 1_000 }).not.toMatch(/The mode is watchtower/);
  });

  it('Kyverno has no policies: nothing is written, a person is asked', async () => {
    const { store } = story.lab.cluster;
    const kept = store.list(policies);
    expect(kept.length).toBeGreaterThan(0);
    for (const { metadata } of kept) store.remove(policies, metadata.namespace ?? '', metadata.name);
    try {
      await expectHandover(await strike('selector-drift', 'currencyservice'), /Kyverno/);
      expect(await modeSaid()).toMatch(/The mode is watchtower[\s\S]*no Kyverno policy that can deny/);
    } finally {
      for (const policy of kept) store.create(policies, policy, 'kubectl');
    }
    await expect.poll(modeSaid, { timeout: 60_000, interval: 1_000 }).not.toMatch(/The mode is watchtower/);
  });

  it('inference that fails puts the bot on the watchtower: it says so, writes nothing, refuses approvals, and comes back by itself', async () => {
    const { bob } = story.lab.slack.users;
    const says = (answer: object) => ({ kind: 'says', content: JSON.stringify(answer) }) as const;
    const opinion = says({ narrative: 'The endpoints are gone [E1].', hypotheses: [] });
    ollama.script(says({}));
    await story.restartBot({
      INFERENCE: 'ollama',
      INFERENCE_PROBE_SECONDS: '1',
      INFERENCE_WELL_SECONDS: '2',
      OLLAMA_HOST: ollama.host,
      OLLAMA_MODEL: 'llama3.2',
      MODE: 'supervised',
    });
    // Three specialists, the director, and nothing good from then on.
    ollama.script(opinion, opinion, opinion, says({ reasoning: 'The service finds no pod [E1].', choice: 0 }));
    const incident = await strike('scaled-to-zero', 'emailservice');
    const asked = await incident.until('a proposal waits', awaits(1));
    expect(asked.file.verdict).toMatchObject({ inference: 'ollama' });
    expect(wordsOf(asked.thread, 'consensus')).toMatch(/the local model phrased the reasoning/);
    expect(wordsOf(asked.thread, 'context')).toMatch(/Inference: ollama \(llama3\.2\)/);

    ollama.script({ kind: 'status', code: 404, error: 'model "llama3.2" not found, try pulling it first' });
    const second = await strike('selector-drift', 'productcatalogservice');
    const watched = await second.until('a proposal is shown although nobody may approve it', awaits(1));
    expect(watched.file.verdict).toMatchObject({
      inference: 'failed',
      cause: { workload: 'productcatalogservice', fault: 'selector-drift' },
    });
    expect(wordsOf(watched.thread, 'consensus')).toMatch(/the local model did not answer/);
    expect(wordsOf(watched.thread, 'proposal:1')).toMatch(/Watchtower mode: nothing is written now/);

    expect(await story.sre(bob, 'mode')).toMatch(/The mode is watchtower/);
    await story.lab.slack.people.openHome({ user: bob });
    const home = () => JSON.stringify(story.lab.slack.home(bob)?.blocks ?? []);
    await expect.poll(home, { timeout: 30_000 }).toMatch(/Watchtower:\*.*People chose \*supervised\*/);

    expect(await story.sre(bob, `approve INC-${asked.file.incident.number}`)).toMatch(
      /watchtower mode and does not write/,
    );
    const heard = story.listen(bob);
    await story.lab.slack.people.react({
      user: bob,
      ...(await second.address('proposal:1')),
      name: 'white_check_mark',
    });
    expect(await heard()).toMatch(/watchtower mode and does not write/);
    expect((await incident.see()).file.attempts[0]?.decision).toBeUndefined();
    expect((await second.see()).file.attempts[0]?.decision).toBeUndefined();
    expect(writesOfBot(story.lab)).toEqual([]);

    // One trouble is enough from here on: the second would keep the shop's front unwell.
    story.lab.chaos.clear('selector-drift');
    ollama.script(says({}));
    await expect
      .poll(() => story.sre(bob, 'mode'), { timeout: 150_000, interval: 2_000 })
      .toMatch(/The mode is supervised/);
    await story.sre(bob, `approve INC-${asked.file.incident.number}`);
    const { file } = await incident.until('the approved remedy is told to the end', isToldToTheEnd);
    expect(file.closure).toMatchObject({ outcome: 'resolved' });
    expect(incident.writes()).toHaveLength(1);
  });
});
