import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Story, startStory } from './story.ts';
import { isToldToTheEnd, wordsOf } from './thread-reading.ts';

let story: Story;

beforeAll(async () => {
  story = await startStory();
}, 120_000);

afterAll(() => story?.close(), 30_000);

describe('traces', { timeout: 180_000 }, () => {
  it('a delay in the network is explained by the gap between the spans of the caller and of the callee', async () => {
    const disconnect = await story.connect('alertmanager');
    story.lab.chaos.inject('network-delay');

    const incident = await story.nextIncident();
    const { file, thread } = await incident.until('the delay is told to the end', isToldToTheEnd);
    disconnect();

    expect(file.verdict).toMatchObject({
      kind: 'agreed',
      cause: { workload: 'productcatalogservice', fault: 'network-delay', component: 'caller frontend' },
    });
    expect(file.closure).toMatchObject({ outcome: 'resolved' });
    // A machine that is starved may read no traces in time; then the thread says so, and the metrics told the cause.
    const { unreachable = [], evidence = [], traces } = file.context ?? {};
    if (unreachable.includes('traces')) {
      expect(wordsOf(thread, 'context')).toMatch(/Could not be reached.*• \*traces\*/s);
      return;
    }
    expect(traces?.now).toBeGreaterThan(20);
    expect(traces?.quiet).toBeGreaterThan(40);
    expect(wordsOf(thread, 'context')).toMatch(/\*Traces:\* \d+ of the incident's window and \d+ of the quiet one/);
    const gap = evidence.find(
      ({ data }) =>
        data?.kind === 'trace' && data.edge?.from === 'frontend' && data.edge.to === 'productcatalogservice',
    );
    expect(gap?.data).toMatchObject({ times: [{ standing: 'raised' }] });
    expect(file.verdict?.evidence).toContain(gap?.id);
    expect(file.verdict?.reasoning).toContain('a gap between the spans of frontend and those of productcatalogservice');
  });
});
