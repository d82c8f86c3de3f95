import { describe, expect, it } from 'vitest';
import { actions } from '../src/actions/index.ts';
import { rollBack } from '../src/actions/roll-back.ts';
import type { JsonObject } from '../src/domain/json.ts';
import type { PlanDraft } from '../src/domain/plan.ts';
import { facts, recorded, replicaSet, workload } from './actions-world.ts';

const image = (tag: string): JsonObject => workload({ name: 'cart', image: `registry/cart:${tag}` });
const now = image('bad-2');
const chosenAgain = { 'deployment.kubernetes.io/revision-history': '2' };
const revisions = (readyOfGood: number): readonly JsonObject[] => [
  replicaSet(image('v1'), 1, { at: '2026-11-22T10:00:00Z', ready: readyOfGood }),
  replicaSet(image('bad-1'), 4, { at: '2026-11-22T18:29:00Z', annotations: chosenAgain }),
  replicaSet(now, 5, { at: '2026-11-22T18:30:05Z' }),
];
const cause = { workload: 'cart', fault: 'bad-image' } as const;
const about = (readyOfGood: number, tried: readonly PlanDraft[] = []) => ({
  ...facts(cause, { objects: [now, ...revisions(readyOfGood)], changes: recorded(image('bad-1'), now) }),
  tried,
});

describe('a second plan', () => {
  it('is not needed when a good revision still runs: it comes before one that was only chosen more often', () => {
    expect(rollBack.draft(about(2))?.parameters).toMatchObject({ toRevision: 1, images: ['registry/cart:v1'] });
  });

  it('leads to the next older revision when the newest earlier one did not help', () => {
    const first = rollBack.draft(about(0));
    expect(first?.parameters).toMatchObject({ toRevision: 4 });
    const second = rollBack.draft(about(0, first === null ? [] : [first]));
    expect(second?.parameters).toMatchObject({ toRevision: 1, images: ['registry/cart:v1'] });
  });

  it('tries what nobody knows only after what was surely well did not help, and says so', () => {
    const young = (tag: string, revision: number, at: string) => replicaSet(image(tag), revision, { at });
    const objects = [
      now,
      young('v1', 1, '2026-11-22T18:30:00Z'),
      young('bad-1', 2, '2026-11-22T18:30:02Z'),
      young('bad-2', 3, '2026-11-22T18:30:05Z'),
    ];
    const known = facts(cause, { objects, changes: recorded(image('bad-1'), now) });
    expect(rollBack.draft(known)).toBeNull();
    const [first] = actions.flatMap((action) => action.draft(known) ?? []);
    expect(first?.action).toBe('revert-change');
    const second = rollBack.draft({ ...known, tried: first === undefined ? [] : [first] });
    expect(second).toMatchObject({
      parameters: { toRevision: 1 },
      reason: expect.stringMatching(/against which nothing speaks/),
    });
  });

  it('never leads to the same end by another way', () => {
    const first = rollBack.draft(about(0));
    const others = actions.flatMap((action) => action.draft(about(0, first === null ? [] : [first])) ?? []);
    expect(JSON.stringify(others.map(({ patches }) => patches))).not.toContain('registry/cart:bad-1"}');
    expect(others.map(({ action }) => action)).not.toContain('revert-change');
  });
});
