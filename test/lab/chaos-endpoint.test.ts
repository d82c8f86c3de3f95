import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChaosEndpoint, startChaosEndpoint } from '../../src/lab/chaos/chaos-endpoint.ts';
import { createChaos } from '../../src/lab/chaos/create-chaos.ts';
import { faultKinds } from '../../src/lab/chaos/faults/index.ts';
import { createWorld } from '../../src/lab/world/create-world.ts';
import { createRunningBoutique, namespace } from './world-boutique.ts';

const now = () => Date.parse('2026-03-01T10:00:00Z');

describe('the chaos endpoint', () => {
  let endpoint: ChaosEndpoint;
  const store = createRunningBoutique(now);
  const chaos = createChaos({ store, world: createWorld({ store, namespace, seed: 1 }), now, random: () => 0.5 });

  beforeEach(async () => {
    endpoint = await startChaosEndpoint({ chaos });
  });

  afterEach(async () => {
    for (const { name } of chaos.faults) chaos.clear(name);
    await endpoint.close();
  });

  const post = (name: string, body: string): Promise<Response> =>
    fetch(`${endpoint.url}/faults/${name}`, { method: 'POST', body });
  const errorOf = async (response: Response): Promise<string> => ((await response.json()) as { error: string }).error;

  it('lists the faults without the truth about them', async () => {
    const response = await fetch(`${endpoint.url}/faults`);
    const list = (await response.json()) as readonly object[];
    expect(list).toHaveLength(faultKinds.length);
    expect(list).toContainEqual({
      name: 'scaled-to-zero',
      description: expect.any(String),
      workload: 'paymentservice',
    });
  });

  it('injects with or without a body and says what was done', async () => {
    const plain = await post('scaled-to-zero', '');
    expect({ status: plain.status, body: await plain.json() }).toEqual({
      status: 200,
      body: { done: 'paymentservice was scaled from 1 to 0 replicas.' },
    });
    const chosen = await post('selector-drift', JSON.stringify({ workload: 'shippingservice', note: 'drill 7' }));
    expect(chosen.status).toBe(200);
    expect(chaos.active().map(({ workload }) => workload)).toEqual(['shippingservice', 'paymentservice']);
  });

  it.each([
    ['an unknown fault', 'meteor', '{}', 404, 'no fault "meteor"'],
    ['a workload out of reach', 'cpu-stress', '{"workload":"redis-cart"}', 400, 'cannot strike "redis-cart"'],
    ['a body that is not JSON', 'cpu-stress', '{workload', 400, 'JSON object'],
    ['a body with other fields', 'cpu-stress', '{"cores":64}', 400, 'JSON object'],
    ['a body that is too big', 'cpu-stress', `{"note":"${'x'.repeat(9_000)}"}`, 413, 'bytes'],
    ['a name that is none', '..%2fetc', '{}', 404, '/faults/<name>'],
  ])('refuses %s', async (_, name, body, status, words) => {
    const response = await post(name, body);
    expect(response.status).toBe(status);
    expect(await errorOf(response)).toContain(words);
    expect(chaos.active()).toEqual([]);
  });

  it('refuses a second injection while the first is at work', async () => {
    await post('scaled-to-zero', '');
    const again = await post('scaled-to-zero', '');
    expect(again.status).toBe(409);
    expect(await errorOf(again)).toContain('still at work');
  });

  it('answers other methods with 405', async () => {
    expect((await fetch(`${endpoint.url}/faults`, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${endpoint.url}/faults/bad-image`)).status).toBe(405);
  });

  it('listens on the loopback interface only', () => {
    expect(new URL(endpoint.url).hostname).toBe('127.0.0.1');
  });
});
