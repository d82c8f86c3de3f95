import { describe, expect, it, vi } from 'vitest';
import { createPolicyWatch } from '../../src/flow/policy-watch.ts';
import type { Answer } from '../../src/ports/answer.ts';
import type { DryRunAnswer } from '../../src/ports/cluster-writer.ts';
import type { PolicyState } from '../../src/ports/policy-engine.ts';
import { quietLog } from '../adapters/kubernetes-parts.ts';

const standing = {
  outcome: 'found' as const,
  value: [{ name: 'p', action: 'Deny' as const, ready: true }],
  query: '',
};
const refused: DryRunAnswer = { kind: 'denied', by: 'admission', policy: 'p', message: 'no' };
const silent: DryRunAnswer = { kind: 'denied', by: 'unguarded', message: 'failed calling webhook' };
const target = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };

interface Stage {
  policies: Answer<readonly PolicyState[]>;
  challenge: DryRunAnswer;
  reason: string;
  looks: number;
  challenges: number;
}

const stage = (everyMs = 60_000) => {
  const state: Stage = { policies: standing, challenge: refused, reason: '', looks: 0, challenges: 0 };
  const watch = createPolicyWatch({
    policies: {
      policies: async () => {
        state.looks += 1;
        return state.policies;
      },
    },
    writer: {
      challenge: async () => {
        state.challenges += 1;
        return state.challenge;
      },
    },
    modes: {
      force: async (_cause, why) => {
        state.reason = why;
      },
      release: async () => {
        state.reason = '';
      },
    },
    ids: { uid: () => 'action' },
    log: quietLog,
    everyMs,
  });
  return { state, watch };
};

describe('the watch on the policies', () => {
  it('leaves the mode alone while they stand guard, and challenges nobody', async () => {
    const { state, watch } = stage();
    await watch.look();
    expect(state).toMatchObject({ reason: '', challenges: 0 });
  });

  it('forces watchtower mode when a policy fails, and lets go when it is back', async () => {
    const { state, watch } = stage();
    state.policies = { ...standing, value: [{ name: 'p', action: 'Deny', ready: true, trouble: 'is missing' }] };
    await watch.look();
    expect(state.reason).toBe('nobody stands guard: policy "p" is missing');
    state.policies = standing;
    await watch.look();
    expect(state.reason).toBe('');
  });

  it('knows nothing while the API server is away', async () => {
    const { state, watch } = stage();
    state.policies = { outcome: 'unreachable', query: '', reason: 'away' };
    await watch.look();
    expect(state.reason).toBe('');
    state.policies = { outcome: 'empty', query: '' };
    await watch.look();
    state.policies = { outcome: 'unreachable', query: '', reason: 'away' };
    await watch.look();
    expect(state.reason).toMatch(/^nobody stands guard/);
  });

  it('after a doubt, believes only a refusal', async () => {
    const { state, watch } = stage();
    state.challenge = silent;
    watch.doubt(target);
    await watch.look();
    expect(state.reason).toMatch(/Kyverno does not answer/);
    state.challenge = { kind: 'unreachable', reason: 'no answer in time' };
    await watch.look();
    expect(state.reason).toMatch(/has not been seen to refuse/);
    state.challenge = refused;
    await watch.look();
    expect(state.reason).toBe('');
    const { challenges } = state;
    await watch.look();
    expect(state.challenges).toBe(challenges);
  });

  it('looks again and again until it is stopped', async () => {
    const { state, watch } = stage(1);
    await watch.start();
    await vi.waitFor(() => expect(state.looks).toBeGreaterThan(3), { timeout: 20_000 });
    watch.stop();
    await watch.look();
    const { looks } = state;
    await watch.look();
    expect(state.looks).toBe(looks + 1);
  });
});
