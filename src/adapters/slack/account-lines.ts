import type { Account, CounterArgument, RuledOut } from '../../domain/account.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import { faults } from '../../domain/fault.ts';
import { meaningOfSilence } from '../../domain/source-words.ts';
import { clipped, joined, type Mrkdwn, md } from './mrkdwn.ts';
import { causeWords, confidenceWords, evidenceLines } from './words.ts';

const shown = { idsMax: 4, reasonCharsMax: 160, nameCharsMax: 100, unansweredMax: 20 } as const;

/** Numbers of evidence as they stand in the context: `[E3] [E7]`. */
const numbers = (ids: readonly string[]): Mrkdwn =>
  joined(ids.slice(0, shown.idsMax).map((id) => md`[${clipped(id, 20)}]`));

const withNumbers = (words: Mrkdwn, ids: readonly string[]): Mrkdwn =>
  ids.length === 0 ? words : md`${words} ${numbers(ids)}`;

const rivalLine = (counter: CounterArgument): Mrkdwn => {
  const { cause, confidence = 0, because, evidence } = counter;
  const who = cause === undefined ? md`` : md`${causeWords(cause)}, ${confidenceWords(confidence)}`;
  return md`• ${withNumbers(who, evidence)}: ${clipped(because, shown.reasonCharsMax)}`;
};

const counterLines = (file: CaseFile, { counter, unanswered }: Account): readonly Mrkdwn[] => {
  if (counter === undefined) {
    return [
      unanswered.length === 0
        ? md`*Speaks against it:* nothing that was looked at.`
        : md`*Speaks against it:* nothing that was looked at, but not everything could be.`,
    ];
  }
  if (counter.cause !== undefined) return [md`*Speaks against it*`, rivalLine(counter)];
  return [
    md`*Speaks against it* (${clipped(counter.because, shown.reasonCharsMax)})`,
    ...evidenceLines(file, counter.evidence, shown.idsMax),
  ];
};

const ruledOutLine = ({ workload, fault, because, evidence }: RuledOut): Mrkdwn => {
  const name = clipped(workload, shown.nameCharsMax);
  const what = fault === undefined ? md`${name}` : md`${faults[fault].title} in ${name}`;
  return md`• ${withNumbers(what, evidence)}: ${clipped(because, shown.reasonCharsMax)}`;
};

const ruledOutLines = ({ ruledOut, ruledOutMore }: Account): readonly Mrkdwn[] =>
  ruledOut.length === 0
    ? []
    : [
        md`*Ruled out*`,
        ...ruledOut.map(ruledOutLine),
        ...(ruledOutMore > 0 ? [md`• and ${ruledOutMore} more that were looked at`] : []),
      ];

const besideLines = (file: CaseFile, { beside }: Account): readonly Mrkdwn[] => {
  // Causes that other incidents took over since are no longer of this one.
  const present = new Set((file.verdict?.others ?? []).map(({ workload, fault }) => `${workload} ${fault}`));
  const told = beside.filter(({ cause }) => present.has(`${cause.workload} ${cause.fault}`));
  return told.length === 0
    ? []
    : [
        md`*Broken beside it, to be mended afterwards*`,
        ...told.map(({ cause, evidence }) => md`• ${withNumbers(md`${causeWords(cause)}`, evidence)}`),
      ];
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const unansweredLine = ({ unanswered }: Account): readonly Mrkdwn[] =>
  unanswered.length === 0
    ? []
    : [
        md`:warning: *No answer from:* ${clipped(unanswered.slice(0, shown.unansweredMax).join(', '), 300)}. ${unanswered.length === 1 ? capital(meaningOfSilence(unanswered[0] ?? '')) : 'What they know is missing here; why, and what it means, is told above'}.`,
      ];

/** Why the verdict is what it is: what speaks most for it, what against it, what was ruled out, and who could not be asked. */
export const accountLines = (file: CaseFile, account: Account): readonly Mrkdwn[] => {
  const strongest = evidenceLines(file, account.strongest, account.strongest.length);
  return [
    ...(strongest.length === 0 ? [] : [md`*Strongest evidence*`, ...strongest]),
    ...(file.verdict?.cause === undefined && account.counter === undefined ? [] : counterLines(file, account)),
    ...besideLines(file, account),
    ...ruledOutLines(account),
    ...unansweredLine(account),
  ];
};
