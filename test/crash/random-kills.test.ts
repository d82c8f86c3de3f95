import { expect, it } from 'vitest';
import { rehearseRandomKills } from './random-kills.ts';

it('every incident ends, nothing is written and no message comes twice, whenever the bot is killed and whatever replies are lost', {
  timeout: 600_000,
}, async () => {
  const outcome = await rehearseRandomKills({
    incidents: 12,
    seed: 20_261_122,
    atOnce: 6,
    killAfterMs: [1_000, 4_000],
    lostShare: 0.2,
    timeoutMs: 480_000,
  });
  expect(outcome.trouble).toEqual([]);
  expect(outcome.kills).toBeGreaterThan(3);
  expect(outcome.lostReplies.api).toBeGreaterThan(20);
  expect(outcome.lostReplies.slack).toBeGreaterThan(20);
});
