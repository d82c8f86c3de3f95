import { percent } from '../analysis/confidence.ts';
import type { Account, CounterArgument, RuledOut } from '../domain/account.ts';
import type { Evidence } from '../domain/evidence.ts';
import { causeText, plain } from './markdown-words.ts';

/** Numbers are the bot's own, brackets around them are not foreign text. */
const numbers = (ids: readonly string[]): string =>
  ids.length === 0 ? '' : ` ${ids.map((id) => `[${id}]`).join(' ')}`;

const observations = (ids: readonly string[], evidence: readonly Evidence[]): readonly string[] =>
  ids
    .flatMap((id) => evidence.find((each) => each.id === id) ?? [])
    .map(({ id, observation }) => `- [${id}] ${plain(observation)}`);

const counterText = ({ cause, confidence = 0, evidence, because }: CounterArgument): string =>
  cause === undefined
    ? `${numbers(evidence).trim()}: ${plain(because)}.`
    : `${causeText(cause)} (${percent(confidence)})${numbers(evidence)}: ${plain(because)}.`;

const ruledOutText = ({ workload, fault, evidence, because }: RuledOut): string => {
  const what = fault === undefined ? plain(workload) : causeText({ workload, fault });
  return `- Ruled out: ${what}${numbers(evidence)}: ${plain(because)}.`;
};

/** Why a verdict is what it is, as list items of Markdown. */
export const accountMarkdown = (account: Account, evidence: readonly Evidence[]): readonly string[] => [
  ...observations(account.strongest, evidence),
  `- Speaks against it: ${account.counter === undefined ? 'nothing that was looked at.' : counterText(account.counter)}`,
  ...account.beside.map((each) => `- Beside it: ${causeText(each.cause)}${numbers(each.evidence)}.`),
  ...account.ruledOut.map(ruledOutText),
  ...(account.ruledOutMore > 0 ? [`- Ruled out: ${account.ruledOutMore} more.`] : []),
  ...(account.unanswered.length === 0 ? [] : [`- No answer from: ${plain(account.unanswered.join(', '))}.`]),
];
