import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approve } from '../../src/domain/approved-plan.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { createWriteOnce } from '../../src/flow/write-once.ts';
import type { ClusterWriter } from '../../src/ports/cluster-writer.ts';
import { aPlan } from '../fakes/cases.ts';

const plan = aPlan();
const approved = (() => {
  const review = { at: plan.at, planHash: plan.hash, gates: [], passed: true, diff: '' };
  const decision = { kind: 'auto', by: [], at: plan.at, planHash: plan.hash, via: 'auto', reason: '' } as const;
  const result = approve(plan, review, decision);
  if (typeof result === 'string') throw new Error(result);
  return result;
})();

type Mishap = 'none' | 'lost-before' | 'lost-after' | 'conflict' | 'unreadable';

/** One object behind an API that mishandles each call in the given way, then behaves. */
const unreliable = (mishaps: readonly Mishap[]) => {
  let version = 1;
  let actionId = '';
  let applied = 0;
  const queue = [...mishaps];
  const object = (): JsonObject => ({
    metadata: { uid: 'u1', resourceVersion: String(version), annotations: { a: actionId } },
  });
  const writer: ClusterWriter = {
    challenge: async () => ({ kind: 'denied', by: 'admission', policy: 'p', message: 'no annotations' }),
    dryRun: async () => ({ kind: 'conflict' }),
    readBack: async (_target, id) => {
      if (queue[0] === 'unreadable') {
        queue.shift();
        return { kind: 'unreachable', reason: 'away' };
      }
      return { kind: actionId === id ? 'ours' : 'not_ours', resourceVersion: String(version), object: object() };
    },
    write: async (_patch, stamp) => {
      const mishap = queue.shift() ?? 'none';
      if (mishap === 'lost-before') return { kind: 'lost', reason: 'reset' };
      if (mishap === 'conflict') version += 1;
      if (stamp.resourceVersion !== String(version)) return { kind: 'conflict' };
      version += 1;
      applied += 1;
      actionId = stamp.actionId;
      return mishap === 'lost-after'
        ? { kind: 'lost', reason: 'reset' }
        : { kind: 'written', resourceVersion: String(version), auditId: '' };
    },
  };
  return { writer, applied: () => applied };
};

const request = { approved, which: 'patches' as const, incidentUid: 'uid', actionId: 'act', objection: () => null };

describe('writing exactly once', () => {
  it('applies a patch once whatever becomes of replies, conflicts and reads, however often it is begun again', async () => {
    const mishap = fc.constantFrom<Mishap>('none', 'lost-before', 'lost-after', 'conflict', 'unreadable');
    await fc.assert(
      fc.asyncProperty(fc.array(mishap, { maxLength: 6 }), async (mishaps) => {
        const api = unreliable(mishaps);
        const writeOnce = createWriteOnce({ writer: api.writer });
        let outcome: string | undefined;
        // Unreadable means: the loop comes again later.
        for (let life = 0; life <= mishaps.length && outcome === undefined; life += 1) {
          outcome = await writeOnce(request).then(
            (result) => result.outcome,
            () => undefined,
          );
        }
        expect(outcome).toBe('applied');
        expect(api.applied()).toBe(1);
        // A restart that does not know that it was done begins once more.
        await writeOnce(request).catch(() => undefined);
        expect(api.applied()).toBe(1);
      }),
    );
  });

  it('writes nothing when the object is no longer as the plan presumes', async () => {
    const api = unreliable([]);
    const result = await createWriteOnce({ writer: api.writer })({ ...request, objection: () => 'moved on' });
    expect(result).toMatchObject({ outcome: 'refused', reason: 'moved on' });
    expect(api.applied()).toBe(0);
  });

  it('gives the plan back when the object never stands still', async () => {
    const api = unreliable(Array.from({ length: 20 }, () => 'conflict' as const));
    expect((await createWriteOnce({ writer: api.writer })(request)).outcome).toBe('refused');
  });
});
