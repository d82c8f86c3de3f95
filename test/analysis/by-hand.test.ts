import { describe, expect, it } from 'vitest';
import { adviceByHand } from '../../src/analysis/by-hand.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import type { FieldChange } from '../../src/domain/evidence.ts';
import { anAgreedCase, aVerdict } from '../fakes/cases.ts';
import { change, contextOf } from '../fakes/synthetic-context.ts';

const caseWith = (kind: string, path: string, values: Partial<FieldChange>, cites = true): CaseFile => {
  const made = change('vault-login', path, { kind });
  const changes = made.changes.map((each) => ({ ...each, ...values }));
  const context = contextOf([{ ...made, changes }]);
  const evidence = context.evidence.filter(({ data }) => data?.kind === 'change' && cites).map(({ id }) => id);
  return { ...anAgreedCase({ verdict: aVerdict({ evidence }) }), context };
};

describe('what is left to a person', () => {
  it.each([
    ['Secret', '/data/password', /changed \/data\/password of secret\/vault-login .*keeps no value of a Secret/],
    ['PersistentVolumeClaim', '/spec/storageClassName', /writes no claim/],
    ['Node', '/spec/taints', /kubectl describe node\/vault-login, and put \/spec\/taints back/],
    ['Ingress', '/spec/rules', /kubectl -n online-boutique edit ingress\/vault-login/],
    ['AuthorizationPolicy', '/spec/rules', /mesh is for people to say/],
  ])('is said of a change of a %s', (kind, path, words) => {
    expect(adviceByHand(caseWith(kind, path, {}))).toEqual([expect.stringMatching(words)]);
  });

  it('is said of what was deleted, and of a value that was hidden', () => {
    expect(adviceByHand(caseWith('Service', '', { before: {} }))).toEqual([
      expect.stringMatching(/deleted service\/vault-login .*apply the manifest/),
    ]);
    const hidden = { before: 'hidden:1', after: 'hidden:2' };
    expect(adviceByHand(caseWith('Deployment', '/spec/template/spec/containers/0/env/0/value', hidden))).toEqual([
      expect.stringMatching(/does not know the value that was hidden/),
    ]);
  });

  it('is nothing where the bot can undo it, where the verdict does not cite it, and where the bot did it', () => {
    expect(adviceByHand(caseWith('Service', '/spec/ports', { before: 1, after: 2 }))).toEqual([]);
    expect(adviceByHand(caseWith('Secret', '/data/a', {}, false))).toEqual([]);
    expect(adviceByHand(caseWith('Secret', '/data/a', { manager: 'ai4all-sre' }))).toEqual([]);
  });

  it('says between which times it was when nobody watched', () => {
    const unseen = { manager: 'unknown', unwatchedSince: '2026-11-22T11:00:00.000Z' };
    expect(adviceByHand(caseWith('Secret', '/data/a', unseen))[0]).toMatch(
      /^somebody, between 2026-11-22T11:00:00.000Z and/,
    );
  });
});
