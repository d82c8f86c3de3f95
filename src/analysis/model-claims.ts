import { z } from 'zod';
import type { Evidence, EvidenceData } from '../domain/evidence.ts';
import { type Discipline, type FaultName, faultNames, faults } from '../domain/fault.ts';
import type { Hypothesis } from '../domain/finding.ts';
import type { JsonObject } from '../domain/json.ts';
import { byConfidence, causeKey } from './rank-hypotheses.ts';
import { redact } from './redact.ts';
import type { Scene } from './scene.ts';
import { isTrouble, shiftOf } from './shift.ts';

const textMax = 600;
const claimsMax = 8;

/** The shape that a specialist asks of the model. */
export const claimsSchema = z.object({
  narrative: z.string(),
  hypotheses: z.array(
    z.object({
      workload: z.string(),
      fault: z.string(),
      confidence: z.number(),
      evidence: z.array(z.string()),
      reasoning: z.string(),
    }),
  ),
});

/** The same shape as the JSON schema that goes to the model. */
export const claimsJsonSchema = z.toJSONSchema(claimsSchema) as JsonObject;

/** The shape that the director asks of the model; `choice` counts from one, 0 is none. */
export const phrasingSchema = z.object({ reasoning: z.string(), choice: z.number() });

/** The same shape as the JSON schema that goes to the model. */
export const phrasingJsonSchema = z.toJSONSchema(phrasingSchema) as JsonObject;

type Claim = z.infer<typeof claimsSchema>['hypotheses'][number];

/** What is left of a model's answer after its citations were checked. */
export interface CheckedClaims {
  readonly hypotheses: readonly Hypothesis[];
  readonly narrative?: string;
  /** One sentence for each claim that was dropped. */
  readonly dropped: readonly string[];
}

/** A model's words made fit to be shown: masked, on one line, bounded. */
export const boundedWords = (text: string): string => redact(text).replace(/\s+/g, ' ').trim().slice(0, textMax);

/** The kinds of evidence that can carry a claim; a fault that is not listed may be carried by any. */
const kindsFor: Readonly<Partial<Record<FaultName, readonly EvidenceData['kind'][]>>> = {
  'bad-image': ['workload', 'event', 'change'],
  'crash-loop': ['workload', 'event', 'change', 'log'],
  'memory-limit': ['workload', 'event', 'change', 'metric'],
  'cpu-saturation': ['metric', 'change', 'trace'],
  'code-fault': ['metric', 'log', 'trace'],
  'scaled-to-zero': ['workload', 'service', 'change'],
  'network-delay': ['metric', 'trace'],
  'selector-drift': ['service', 'change'],
  'connection-exhaustion': ['metric', 'log'],
};

const aboutWorkload = ({ subject, data }: Evidence, workload: string): boolean => {
  if (data?.kind === 'service') return data.expected.includes(workload) || data.matches.includes(workload);
  return subject.split(/[^a-zA-Z0-9.-]+/).some((word) => word === workload || word.startsWith(`${workload}-`));
};

// A calm signal may be cited for contrast, but it cannot carry a claim.
const isTroubled = ({ data }: Evidence, scene: Scene): boolean => {
  if (data?.kind !== 'metric') return true;
  const shift = shiftOf(data, scene.context);
  return (
    shift !== undefined &&
    (isTrouble(data.signal, shift) || shift.now >= 0.9 * (data.limit ?? Number.POSITIVE_INFINITY))
  );
};

const supports = (evidence: Evidence, claim: Claim, scene: Scene): boolean => {
  const kinds: readonly (string | undefined)[] | undefined = kindsFor[claim.fault as FaultName];
  return (
    evidence.outcome === 'found' &&
    (kinds?.includes(evidence.data?.kind) ?? true) &&
    aboutWorkload(evidence, claim.workload) &&
    isTroubled(evidence, scene)
  );
};

/** Why a claim cannot stand, or null. The first reason is the sentence that people see. */
const objectionTo = (claim: Claim, scene: Scene, discipline: Discipline): string | null => {
  const fault = faultNames.find((name) => name === claim.fault);
  if (fault === undefined || fault === 'none') return 'it names a fault that is not in the taxonomy';
  if (faults[fault].discipline !== discipline) return `it is not for the ${discipline} specialist to say`;
  if (!scene.workloads.includes(claim.workload)) return 'it names a workload that is not in the topology';
  if (claim.evidence.length === 0) return 'it cites nothing';
  const known = new Map(scene.context.evidence.map((evidence) => [evidence.id, evidence]));
  const missing = claim.evidence.filter((id) => !known.has(id));
  if (missing.length > 0) return `it cites ${missing.slice(0, 3).join(', ')}, which does not exist`;
  const carried = claim.evidence.some((id) => {
    const evidence = known.get(id);
    return evidence !== undefined && supports(evidence, claim, scene);
  });
  return carried ? null : 'nothing that it cites speaks of that fault there';
};

const claimInWords = ({ fault, workload }: Claim): string => boundedWords(`${fault} at ${workload}`).slice(0, 120);

// The model may support what a detector found, or add a suspicion below everything that was detected; it never outranks evidence.
const suspicionMax = 0.5;
const ceilingOf = (detected: readonly Hypothesis[]): number =>
  Math.min(suspicionMax, ...detected.map((hypothesis) => hypothesis.confidence - 0.05));

const suspicionOf = (claim: Claim, ceiling: number): Hypothesis => ({
  cause: { workload: claim.workload, fault: claim.fault as FaultName },
  confidence: Math.max(0, Math.min(ceiling, Number.isFinite(claim.confidence) ? claim.confidence : 0)),
  evidence: [...new Set(claim.evidence)].slice(0, 12),
  against: [],
  reasoning: boundedWords(claim.reasoning),
  from: 'model',
});

const merged = (detected: readonly Hypothesis[], suspicions: readonly Hypothesis[]): readonly Hypothesis[] => {
  const seconded = new Map(suspicions.map((suspicion) => [causeKey(suspicion.cause), suspicion]));
  const strengthened = detected.map((hypothesis) => {
    const { evidence } = hypothesis;
    const more = seconded.get(causeKey(hypothesis.cause))?.evidence.filter((id) => !evidence.includes(id)) ?? [];
    return more.length === 0 ? hypothesis : { ...hypothesis, evidence: [...evidence, ...more], seconded: more };
  });
  const known = new Set(detected.map(({ cause }) => causeKey(cause)));
  const added = [...seconded.values()].filter(({ cause }) => !known.has(causeKey(cause)));
  return [...strengthened, ...added].toSorted(byConfidence);
};

/** Parts a model's prose into the sentences that cite evidence which exists, and one complaint for each of the others. */
export const citedSentences = (
  prose: string,
  evidence: readonly Evidence[],
): { readonly kept: string; readonly dropped: readonly string[] } => {
  const ids = new Set(evidence.map(({ id }) => id));
  // A citation in brackets may follow the full stop of its sentence.
  const sentences = boundedWords(prose)
    .split(/(?<=[.!?\]])\s+(?![[(])/)
    .filter(Boolean);
  const stands = (sentence: string): boolean => {
    const cited = sentence.match(/\bE\d+\b/g) ?? [];
    return cited.length > 0 && cited.every((id) => ids.has(id));
  };
  return {
    kept: sentences.filter(stands).join(' '),
    dropped: sentences
      .filter((sentence) => !stands(sentence))
      .map((sentence) => `"${sentence.slice(0, 120)}": it cites no evidence that exists`),
  };
};

/** Checks every claim of a model's answer against the evidence and joins what stands with what the detectors found. */
export const checkClaims = (
  answer: z.infer<typeof claimsSchema>,
  scene: Scene,
  own: { readonly discipline: Discipline; readonly detected: readonly Hypothesis[] },
): CheckedClaims => {
  const claims = answer.hypotheses.slice(0, claimsMax);
  const judged = claims.map((claim) => ({ claim, objection: objectionTo(claim, scene, own.discipline) }));
  const ceiling = ceilingOf(own.detected);
  const standing = judged.filter(({ objection }) => objection === null).map(({ claim }) => suspicionOf(claim, ceiling));
  const narrative = citedSentences(answer.narrative, scene.context.evidence);
  return {
    ...(narrative.kept === '' ? {} : { narrative: narrative.kept }),
    hypotheses: merged(own.detected, standing),
    dropped: [
      ...judged.flatMap(({ claim, objection }) => (objection === null ? [] : [`${claimInWords(claim)}: ${objection}`])),
      ...narrative.dropped,
    ],
  };
};
