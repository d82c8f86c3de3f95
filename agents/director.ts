import { accountOf } from '../src/analysis/account.ts';
import { type Consensus, consensusOf } from '../src/analysis/consensus.ts';
import { evidenceDigest } from '../src/analysis/evidence-digest.ts';
import { citedSentences, phrasingJsonSchema, phrasingSchema } from '../src/analysis/model-claims.ts';
import { causeInWords } from '../src/analysis/rank-hypotheses.ts';
import { createScene, type Scene } from '../src/analysis/scene.ts';
import type { Finding } from '../src/domain/finding.ts';
import type { Verdict } from '../src/domain/verdict.ts';
import { limits } from '../src/limits.ts';
import type { Model } from '../src/ports/model.ts';
import type { Brief, Director } from '../src/ports/specialist.ts';
import type { SpecialistTools } from './specialist.ts';

const instructions = [
  'You are the director of a site reliability team. Three specialists gave their findings; the consensus below was computed and stands.',
  'Explain to the on-call engineer in at most 3 sentences why the evidence leads there. Each sentence ends with the ids that it rests on, like [E3].',
  'When candidates are listed, `choice` is the number of the one that the evidence supports best, else 0.',
].join('\n');

const dataFor = ({ context, recollections }: Brief, consensus: Consensus): string => {
  const past = recollections.map(
    ({ memory, exact }) =>
      `- ${exact ? 'the same' : 'a similar'} trouble before: ${memory.summary} (${memory.outcome})`,
  );
  const head = [
    `Consensus: ${consensus.kind}, ${consensus.cause === undefined ? 'no cause' : causeInWords(consensus.cause)}. ${consensus.reasoning}`,
    ...consensus.dissent.map((sentence) => `Dissent: ${sentence}`),
    ...consensus.ties.map(
      ({ cause, reasoning }, index) => `Candidate ${index + 1}: ${causeInWords(cause)}. ${reasoning}`,
    ),
    ...past,
  ].join('\n');
  const bounded = head.slice(0, limits.promptCharsMax / 2);
  return `${bounded}\nEvidence:\n${evidenceDigest(context.evidence, consensus.evidence, limits.promptCharsMax - bounded.length - 20)}`;
};

/** The tie broken in favour of one of its members. The model's choice counts only among causes that detectors support. */
const breakTie = (consensus: Consensus, choice: number): Consensus => {
  const chosen = consensus.kind === 'agreed' ? consensus.ties[choice - 1] : undefined;
  if (chosen === undefined || !chosen.from.startsWith('detector:')) return consensus;
  const { cause, confidence, evidence, reasoning } = chosen;
  return { ...consensus, cause, confidence, evidence, reasoning };
};

type Phrased = Consensus & Pick<Verdict, 'inference'>;

const phrase = async (model: Model, brief: Brief, consensus: Consensus): Promise<Phrased> => {
  const answer = await model.ask({
    purpose: 'director',
    instructions,
    data: dataFor(brief, consensus),
    schema: phrasingJsonSchema,
  });
  if (answer.kind !== 'answered') return { ...consensus, inference: answer.kind === 'off' ? 'none' : 'failed' };
  const phrasing = phrasingSchema.safeParse(answer.value);
  if (!phrasing.success) return { ...consensus, inference: 'failed' };
  const broken = breakTie(consensus, phrasing.data.choice);
  const { kept } = citedSentences(phrasing.data.reasoning, brief.context.evidence);
  return { ...broken, reasoning: kept === '' ? broken.reasoning : `${broken.reasoning} ${kept}`, inference: 'ollama' };
};

type Draft = Omit<Verdict, 'at'>;

/** What stands beside the cause gets its turn after it; without an agreement nothing has a turn. */
const verdictOf = ({ ties: _ties, standing, ...phrased }: Phrased): Draft => {
  const others =
    phrased.kind === 'agreed' ? standing.filter(({ workload }) => workload !== phrased.cause?.workload) : [];
  return { ...phrased, ...(others.length === 0 ? {} : { others }) };
};

const helpless = (error: unknown, findings: readonly Finding[]): Draft => ({
  kind: 'unknown',
  confidence: 0,
  votes: findings.map(({ specialist }) => ({ specialist, confidence: 0, stance: 'abstains' })),
  dissent: [],
  evidence: [],
  reasoning: `The findings could not be weighed: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown trouble'}.`,
  inference: 'failed',
});

/** Weighs the findings by code. The model may phrase the reasoning and choose among near-equal causes of one discipline. */
export const createDirector = ({ model, clock, thresholds }: SpecialistTools): Director => {
  const phrased = async (brief: Brief, findings: readonly Finding[], scene: Scene): Promise<Phrased> => {
    const consensus = consensusOf(scene, findings);
    // A model that just failed the specialists would only cost another minute.
    if (findings.some(({ inference }) => inference === 'failed')) return { ...consensus, inference: 'failed' };
    return phrase(model, brief, consensus).catch((): Phrased => ({ ...consensus, inference: 'failed' }));
  };
  const weigh = async (brief: Brief, findings: readonly Finding[]): Promise<Draft> => {
    const scene = createScene(brief.context, brief.incident, thresholds);
    const draft = verdictOf(await phrased(brief, findings, scene));
    return { ...draft, account: accountOf(scene, findings, draft) };
  };
  return {
    deliberate: async (brief, findings) => ({
      ...(await weigh(brief, findings).catch((error: unknown) => helpless(error, findings))),
      at: clock.now(),
    }),
  };
};
