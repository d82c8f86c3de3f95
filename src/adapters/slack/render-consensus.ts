import type { CaseFile } from '../../domain/case-file.ts';
import type { Verdict, Vote } from '../../domain/verdict.ts';
import { type Message, message, sections, smallPrint } from './message.ts';
import { clipped, foreign, type Mrkdwn, md } from './mrkdwn.ts';
import { causeWords, confidenceWords, evidenceLines, percent, specialistNames } from './words.ts';

const headline = (verdict: Verdict): Mrkdwn => {
  if (verdict.kind === 'split') return md`:scales: *The specialists contradict each other.* A person must decide.`;
  if (verdict.kind === 'unknown' || verdict.cause === undefined) return md`:scales: *No cause was found.*`;
  if (verdict.cause.fault === 'none')
    return md`:scales: *The specialists agree: nothing is wrong* (${percent(verdict.confidence)}).`;
  return md`:scales: *The specialists agree: ${causeWords(verdict.cause)}*, ${confidenceWords(verdict.confidence)}.`;
};

const stances: Readonly<Record<Vote['stance'], string>> = {
  supports: 'supports',
  dissents: 'dissents',
  abstains: 'abstains',
};

const voteLine = (vote: Vote): Mrkdwn => {
  const opinion =
    vote.cause === undefined ? md`` : md`: ${causeWords(vote.cause)}, ${confidenceWords(vote.confidence)}`;
  return md`• ${specialistNames[vote.specialist]} *${stances[vote.stance]}*${opinion}`;
};

const dissentLines = (dissent: readonly string[]): readonly Mrkdwn[] =>
  dissent.length === 0 ? [] : [md`*Dissent*`, ...dissent.slice(0, 3).map((view) => md`• ${clipped(view, 300)}`)];

const inferenceWords: Readonly<Record<Verdict['inference'], string>> = {
  none: 'The agreement was counted by code; no language model took part.',
  ollama: 'The agreement was counted by code; the local model phrased the reasoning.',
  failed: 'The agreement was counted by code; the local model did not answer in time.',
};

/** The director's message: how the votes fell, the cause, what speaks for it and who disagrees. Null before the verdict exists. */
export const renderConsensus = (file: CaseFile): Message | null => {
  const { verdict } = file;
  if (verdict === undefined) return null;
  const evidence = evidenceLines(file, verdict.evidence, 3);
  return message({
    key: 'consensus',
    priority: 'evidence',
    blocks: [
      ...sections([
        headline(verdict),
        foreign(verdict.reasoning, 800),
        md`*Votes*`,
        ...verdict.votes.map(voteLine),
        ...dissentLines(verdict.dissent),
        ...(evidence.length === 0 ? [] : [md`*Strongest evidence*`, ...evidence]),
      ]),
      smallPrint(md`${inferenceWords[verdict.inference]}`),
    ],
  });
};
