import { percent } from '../../analysis/confidence.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import type { Verdict, Vote } from '../../domain/verdict.ts';
import { accountLines } from './account-lines.ts';
import { type Message, message, sections, smallPrint } from './message.ts';
import { clipped, foreign, type Mrkdwn, md } from './mrkdwn.ts';
import { causeWords, confidenceWords, evidenceLines, specialistNames } from './words.ts';

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

/** Whether a vote names what is broken beside the cause: that is no contradiction. */
const isBeside = ({ others = [] }: Verdict, { cause }: Vote): boolean =>
  others.some(({ workload, fault }) => workload === cause?.workload && fault === cause.fault);

const voteLine = (verdict: Verdict, vote: Vote): Mrkdwn => {
  const opinion =
    vote.cause === undefined ? md`` : md`: ${causeWords(vote.cause)}, ${confidenceWords(vote.confidence)}`;
  const stance = isBeside(verdict, vote) ? 'adds' : stances[vote.stance];
  return md`• ${specialistNames[vote.specialist]} *${stance}*${opinion}`;
};

const dissentLines = (dissent: readonly string[]): readonly Mrkdwn[] =>
  dissent.length === 0 ? [] : [md`*Dissent*`, ...dissent.slice(0, 3).map((view) => md`• ${clipped(view, 300)}`)];

const inferenceWords: Readonly<Record<Verdict['inference'], string>> = {
  none: 'The agreement was counted by code; no language model took part.',
  ollama: 'The agreement was counted by code; the local model phrased the reasoning.',
  failed: 'The agreement was counted by code; the local model did not answer in time.',
};

/** Why: as the account has it; a verdict from before accounts were kept has its evidence and dissent alone. */
const reasonLines = (file: CaseFile, verdict: Verdict): readonly Mrkdwn[] => {
  const { account, dissent, evidence } = verdict;
  if (account !== undefined) return accountLines(file, account);
  const strongest = evidenceLines(file, evidence, 3);
  return [...dissentLines(dissent), ...(strongest.length === 0 ? [] : [md`*Strongest evidence*`, ...strongest])];
};

/** Who contradicts; echoes and lesser suspicions are among what was ruled out. */
const contradictions = (verdict: Verdict): readonly Mrkdwn[] =>
  verdict.account !== undefined && verdict.votes.some((vote) => vote.stance === 'dissents' && !isBeside(verdict, vote))
    ? dissentLines(verdict.dissent)
    : [];

/** The director's message: the cause, what speaks for and against it, what was ruled out, and how the votes fell. Null before the verdict exists. */
export const renderConsensus = (file: CaseFile): Message | null => {
  const { verdict } = file;
  if (verdict === undefined) return null;
  return message({
    key: 'consensus',
    priority: 'evidence',
    blocks: [
      ...sections([
        headline(verdict),
        foreign(verdict.reasoning, 800),
        ...reasonLines(file, verdict),
        md`*Votes*`,
        ...verdict.votes.map((vote) => voteLine(verdict, vote)),
        ...contradictions(verdict),
      ]),
      smallPrint(md`${inferenceWords[verdict.inference]}`),
    ],
  });
};
