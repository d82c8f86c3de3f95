import { detect } from '../src/analysis/detect.ts';
import type { Detector } from '../src/analysis/detector.ts';
import { evidenceDigest } from '../src/analysis/evidence-digest.ts';
import { checkClaims, claimsJsonSchema, claimsSchema } from '../src/analysis/model-claims.ts';
import { createScene, type Scene } from '../src/analysis/scene.ts';
import type { Thresholds } from '../src/analysis/thresholds.ts';
import { type Discipline, type FaultName, faults } from '../src/domain/fault.ts';
import type { Finding, Hypothesis } from '../src/domain/finding.ts';
import { limits } from '../src/limits.ts';
import type { Clock } from '../src/ports/clock.ts';
import type { Model } from '../src/ports/model.ts';
import type { Brief, Specialist } from '../src/ports/specialist.ts';

/** What makes a specialist: its discipline, what it can detect, what it needs for that, and what it says when all is well. */
export interface Expertise {
  readonly discipline: Discipline;
  readonly name: string;
  readonly detectors: readonly Detector[];
  /** Names of the sources (as in the context's `unreachable`) without which it sees less. */
  readonly needs: readonly string[];
  /** One sentence of what it looked at and found well. */
  readonly wellness: (scene: Scene) => string;
}

/** What every specialist works with. */
export interface SpecialistTools {
  readonly model: Model;
  readonly clock: Clock;
  /** The standard ones unless others are to be tried. */
  readonly thresholds?: Thresholds | undefined;
}

/** A needed source that gave no answer costs this share of every confidence. */
const blindShare = 0.9;
const promptOverheadChars = 4_000;

type Opinion = Pick<Finding, 'hypotheses' | 'narrative' | 'dropped' | 'degraded' | 'inference'>;

const instructionsFor = ({ discipline, detectors }: Expertise): string => {
  const names = detectors.map(({ fault }) => fault) as readonly Exclude<FaultName, 'none'>[];
  return [
    `You are the ${discipline} specialist of a site reliability team. You read numbered evidence about one incident and say what it shows.`,
    'Faults that you may name, and no others:',
    ...names.map((name) => `- ${name}: ${faults[name].meaning}`),
    'Rules: every sentence of the narrative ends with the ids of the evidence that it rests on, like [E3].',
    'Every hypothesis cites at least one id of evidence that speaks of that very workload and fault.',
    'When the evidence shows no fault of your discipline, return no hypotheses. Confidence is between 0 and 1.',
    'At most 4 sentences and 3 hypotheses.',
  ].join('\n');
};

const dataFor = (scene: Scene, detected: readonly Hypothesis[]): string => {
  const { incident, topology, context } = scene;
  const found = detected.map(
    ({ cause, evidence, reasoning }) => `- ${cause.fault} at ${cause.workload} [${evidence.join(', ')}]: ${reasoning}`,
  );
  const head = [
    `Incident: ${incident.title} (namespace ${incident.namespace}, subject ${incident.suspect?.name ?? 'unknown'})`,
    `Calls: ${topology.edges.map(({ from, to }) => `${from} -> ${to}`).join(', ')}`,
    found.length === 0 ? 'Detectors found nothing of your discipline.' : ['Detectors found:', ...found].join('\n'),
  ]
    .join('\n')
    .slice(0, promptOverheadChars);
  const cited = detected.flatMap(({ evidence }) => evidence);
  const digest = evidenceDigest(context.evidence, cited, limits.promptCharsMax - head.length - 20);
  return `${head}\nEvidence:\n${digest}`;
};

const consult = async (
  expertise: Expertise,
  model: Model,
  scene: Scene,
  detected: readonly Hypothesis[],
): Promise<Opinion> => {
  const alone = { hypotheses: detected, dropped: [], degraded: [], inference: 'none' } as const;
  const answer = await model.ask({
    purpose: expertise.discipline,
    instructions: instructionsFor(expertise),
    data: dataFor(scene, detected),
    schema: claimsJsonSchema,
  });
  if (answer.kind === 'off') return alone;
  const failed = (reason: string): Opinion => ({
    ...alone,
    degraded: [`The model did not help: ${reason}; the detectors speak alone.`],
    inference: 'failed',
  });
  if (answer.kind === 'failed') return failed(answer.reason);
  const claims = claimsSchema.safeParse(answer.value);
  if (!claims.success) return failed('its answer had another shape than asked');
  const checked = checkClaims(claims.data, scene, { discipline: expertise.discipline, detected });
  return { ...checked, degraded: [], inference: 'ollama' };
};

const blindSpots = (scene: Scene, needs: readonly string[]): readonly string[] =>
  scene.context.unreachable.filter((source) => needs.includes(source));

const abstention = (expertise: Expertise, scene: Scene, blind: readonly string[]): string =>
  blind.length === 0
    ? expertise.wellness(scene)
    : `Found nothing of the ${expertise.discipline} discipline in what could be read; there was no answer about ${blind.join(', ')}.`;

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 200);

/**
 * Makes a specialist of an expertise: detectors first, then the model on the same evidence with its citations checked.
 * Whatever fails is said in `degraded`; `analyse` never throws.
 */
export const createSpecialist = (expertise: Expertise, { model, clock, thresholds }: SpecialistTools): Specialist => {
  const study = async ({ context, incident }: Brief): Promise<Omit<Finding, 'specialist' | 'at' | 'tookMs'>> => {
    const scene = createScene(context, incident, thresholds);
    const blind = blindSpots(scene, expertise.needs);
    const detected = detect(scene, expertise.detectors).map((hypothesis) => ({
      ...hypothesis,
      confidence: hypothesis.confidence * blindShare ** blind.length,
    }));
    const opinion = await consult(expertise, model, scene, detected);
    return {
      ...opinion,
      ...(opinion.hypotheses.length === 0 ? { abstains: abstention(expertise, scene, blind) } : {}),
      degraded: [
        ...(blind.length === 0 ? [] : [`There was no answer about ${blind.join(', ')}.`]),
        ...opinion.degraded,
      ],
    };
  };
  const broken = (error: unknown): Omit<Finding, 'specialist' | 'at' | 'tookMs'> => ({
    hypotheses: [],
    abstains: 'Could not read the evidence.',
    degraded: [`The analysis failed: ${sentenceOf(error)}.`],
    dropped: [],
    inference: 'failed',
  });
  return {
    discipline: expertise.discipline,
    name: expertise.name,
    analyse: async (brief) => {
      const startedMs = clock.nowMs();
      const finding = await study(brief).catch(broken);
      return { specialist: expertise.discipline, at: clock.now(), tookMs: clock.nowMs() - startedMs, ...finding };
    },
  };
};
