import { describe, expect, it } from 'vitest';
import { consensusOf } from '../../src/analysis/consensus.ts';
import { detect } from '../../src/analysis/detect.ts';
import { detectors } from '../../src/analysis/detectors.ts';
import { createScene } from '../../src/analysis/scene.ts';
import type { EvidenceData } from '../../src/domain/evidence.ts';
import { disciplines } from '../../src/domain/fault.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { change, container, contextOf, incidentAt, metric, service, workload } from '../fakes/synthetic-context.ts';

const consensus = (differences: readonly EvidenceData[], suspect: string | undefined) => {
  const scene = createScene(contextOf(differences), incidentAt(suspect));
  const findings = disciplines.map(
    (specialist): Finding => ({
      specialist,
      at: scene.context.at,
      tookMs: 1,
      hypotheses: detect(scene, detectors[specialist]),
      degraded: [],
      dropped: [],
      inference: 'none',
    }),
  );
  return consensusOf(scene, findings);
};

const badImage = (name: string): readonly EvidenceData[] => [
  workload(
    name,
    { updated: 0, ready: 0 },
    container({ ready: false, state: 'waiting', reason: 'ImagePullBackOff', image: 'app:2' }),
  ),
  change(name, '/spec/template/spec/containers/0/image', { before: 'app:1', after: 'app:2' }),
];

const drift = (name: string): readonly EvidenceData[] => [
  service(name, { selector: { app: 'nobody' }, ready: 0, matches: [] }),
  change(name, '/spec/selector/app', { kind: 'Service', before: name, after: 'nobody' }),
];

describe('causes that stand for themselves', () => {
  it('do not compete with each other, though other disciplines found them and topology joins them not', () => {
    const found = consensus([...badImage('prices'), ...drift('vault')], undefined);
    expect(found.kind).toBe('agreed');
    expect(found.standing.map(({ workload: name, fault }) => `${fault} at ${name}`).toSorted()).toEqual([
      'bad-image at prices',
      'selector-drift at vault',
    ]);
  });

  it('stand however far they are from what the alert speaks of', () => {
    const found = consensus([...badImage('vault'), ...badImage('prices')], 'vault');
    expect(found.cause).toMatchObject({ workload: 'vault', fault: 'bad-image' });
    expect(found.standing.map(({ workload: name }) => name)).toEqual(['vault', 'prices']);
  });

  it('are not what was meant so long ago', () => {
    const parked = workload('prices', { replicas: 0, ready: 0, updated: 0, pods: [] });
    expect(consensus([...badImage('vault'), parked], 'vault').standing.map(({ workload: name }) => name)).toEqual([
      'vault',
    ]);
  });

  it('are none where signals alone suspect something', () => {
    expect(consensus([], 'gate').standing).toEqual([]);
  });
});

describe('a paused rollout', () => {
  const paused = (updated: number): EvidenceData => workload('basket', { paused: true, updated });

  it('is the cause of an alert about that very rollout', () => {
    expect(consensus([paused(0)], 'basket')).toMatchObject({
      kind: 'agreed',
      cause: { workload: 'basket', fault: 'rollout-paused' },
    });
    expect(consensus([paused(1)], 'basket').cause).toMatchObject({ fault: 'rollout-paused' });
  });

  it('explains nobody else’s trouble', () => {
    expect(consensus([paused(0)], 'gate').cause?.fault).not.toBe('rollout-paused');
  });

  it('explains no trouble of the old pods, which serve on', () => {
    const slow = metric('error_ratio', 'basket', { quiet: 0, now: 0.4 });
    for (const updated of [0, 1]) {
      const found = consensus([paused(updated), slow], 'basket');
      expect(found.kind).toBe('unknown');
      expect(found.cause).toBeUndefined();
    }
  });

  it('is not put down to a change that ended an earlier pause', () => {
    const ended = change('basket', '/spec/paused', { before: true, after: false });
    const { reasoning } = consensus([paused(0), ended], 'basket');
    expect(reasoning).not.toContain('kubectl-edit');
    expect(consensus([workload('basket', { updated: 0 }), ended], 'basket').cause?.fault).not.toBe('rollout-paused');
  });

  it('steps back when its pods do not run: then something is broken', () => {
    const broken = workload(
      'basket',
      { paused: true, updated: 0, ready: 0 },
      container({ ready: false, state: 'waiting', reason: 'ImagePullBackOff', image: 'app:2' }),
    );
    expect(consensus([broken], 'basket').cause).toMatchObject({ fault: 'bad-image' });
  });
});
