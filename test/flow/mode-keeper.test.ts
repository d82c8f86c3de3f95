import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createModeKeeper } from '../../src/flow/mode-keeper.ts';
import type { ModelAnswer } from '../../src/ports/model.ts';
import { silentLog } from '../fakes/clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a forced watchtower', () => {
  it('ends in the journal too, when the journal did not take the first word of it', async () => {
    const verbs: string[] = [];
    let trouble = 0;
    let answer: ModelAnswer = { kind: 'failed', reason: 'no answer', tookMs: 1 };
    const modes = createModeKeeper({
      model: { label: 'm', ask: async () => answer, probe: async () => answer },
      settings: { get: async () => null, set: async () => undefined, subscribe: () => () => undefined },
      journal: {
        append: async (entry) => {
          if (entry.verb === 'watchtower-ended' && trouble > 0) {
            trouble -= 1;
            throw new Error('disk full');
          }
          verbs.push(entry.verb);
          return { ...entry, sequence: 1, at: '', previousHash: '', hash: '' };
        },
        of: async () => [],
        firstBroken: async () => null,
      },
      clock: { now: () => new Date().toISOString(), nowMs: () => Date.now() },
      log: silentLog,
      meter: { count: () => undefined, observe: () => undefined, set: () => undefined },
      initial: 'autonomous',
      probeEveryMs: 1_000,
      wellMsMin: 2_000,
    });
    await modes.start();
    expect(modes.state().effective).toBe('watchtower');
    answer = { kind: 'answered', value: {}, tookMs: 1 };
    trouble = 1;
    await vi.advanceTimersByTimeAsync(10_000);
    modes.stop();
    expect(modes.state().effective).toBe('autonomous');
    expect(verbs).toEqual(['watchtower-forced', 'watchtower-ended']);
  });
});
