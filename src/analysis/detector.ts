import type { FaultName } from '../domain/fault.ts';
import type { Cause, Hypothesis } from '../domain/finding.ts';
import type { Scene } from './scene.ts';

/** Looks at one subject for one fault: a hypothesis with its evidence, or null. Pure and total. */
export interface Detector {
  readonly fault: FaultName;
  /** What kind of subject it looks at, by name: every workload unless said otherwise. */
  readonly of?: 'node' | 'namespace';
  detect(scene: Scene, subject: string): Hypothesis | null;
}

/** What a detector found. `evidence` may hold repeats and gaps; the first is the strongest. */
export interface Discovery {
  readonly cause: Cause;
  readonly confidence: number;
  readonly evidence: readonly (string | undefined)[];
  readonly against?: readonly (string | undefined)[];
  readonly reasoning: string;
}

const evidencePerHypothesisMax = 12;

const ids = (cited: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(cited.filter((id) => id !== undefined))].slice(0, evidencePerHypothesisMax);

/** A discovery as a hypothesis, named after its detector; null when nothing can be cited for it. */
export const hypothesisOf = ({ cause, confidence, evidence, against, reasoning }: Discovery): Hypothesis | null => {
  const cited = ids(evidence);
  if (cited.length === 0) return null;
  return {
    cause,
    confidence,
    evidence: cited,
    against: ids(against ?? []),
    reasoning,
    from: `detector:${cause.fault}`,
  };
};
