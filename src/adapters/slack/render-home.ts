import type { HomeView, KnownBlock } from '@slack/types';
import type { CaseSummary } from '../../domain/case-file.ts';
import type { Mode, ModeState } from '../../domain/mode.ts';
import type { Command } from '../../ports/command.ts';
import type { ToldNotice } from './channel-notices.ts';
import { decisionButtons, waitingAttempt } from './decision-buttons.ts';
import { button, buttons, sections, smallPrint } from './message.ts';
import { clipped, foreign, link, type Mrkdwn, md, slackDate } from './mrkdwn.ts';
import type { ThreadLinks } from './render-reply.ts';
import { causeWords, numberOf, outcomeWords, severityWords, statusOf } from './words.ts';

/** What the bot's home shows. */
export interface Home {
  readonly mode: ModeState;
  readonly open: readonly CaseSummary[];
  readonly recent: readonly CaseSummary[];
  readonly links: ThreadLinks;
  readonly modelLabel: string;
  readonly commands: readonly Pick<Command, 'usage' | 'summary'>[];
  /** An answer to the person's last click, shown on top. */
  readonly notice?: string | undefined;
  /** What was told to everybody in the last hour. */
  readonly told?: readonly ToldNotice[];
}

const shown = { openMax: 12, closedMax: 10, commandsMax: 15 } as const;

const modeWords: Readonly<Record<Mode, Mrkdwn>> = {
  autonomous: md`:robot_face: *Autonomous:* low-risk remedies may be approved by a closed window, all others ask`,
  supervised: md`:bust_in_silhouette: *Supervised:* every remedy asks a person`,
  watchtower: md`:telescope: *Watchtower:* the bot watches and analyses, and writes nothing`,
};

const modeLines = ({ effective, chosen, since, reason }: ModeState): readonly Mrkdwn[] => [
  modeWords[effective],
  md`Since ${slackDate(since, '{date_short_pretty} {time}')}: ${reason}`,
  ...(effective === chosen ? [] : [md`People chose *${chosen}*; it comes back by itself when the reason is gone.`]),
];

const threadLink = (file: CaseSummary, links: ThreadLinks): Mrkdwn => {
  const address = links.get(file.incident.uid);
  return address === undefined ? md`` : md` · ${link(address, 'open the thread')}`;
};

const openBlocks = (file: CaseSummary, links: ThreadLinks): readonly KnownBlock[] => {
  const status = statusOf(file);
  const cause = file.verdict?.cause === undefined ? md`` : md` · ${causeWords(file.verdict.cause)}`;
  const waiting = waitingAttempt(file);
  const details = button({ action: 'details', label: 'Details', value: JSON.stringify({ uid: file.incident.uid }) });
  return [
    ...sections([
      md`${status.emoji} *${numberOf(file)} · ${clipped(file.incident.title, 120)}*`,
      md`*${status.words}* · ${severityWords(file.incident.severity)}${cause}${threadLink(file, links)}`,
    ]),
    buttons([...(waiting === undefined ? [] : decisionButtons(file, waiting)), details]),
  ];
};

const closedLine = (file: CaseSummary, links: ThreadLinks): Mrkdwn => {
  const outcome = file.closure === undefined ? '' : outcomeWords(file.closure.outcome);
  const at = file.closure?.at ?? file.incident.openedAt;
  return md`${statusOf(file).emoji} ${numberOf(file)} ${clipped(file.incident.title, 100)}: ${outcome}, ${slackDate(at, '{date_short_pretty} {time}')}${threadLink(file, links)}`;
};

const usageBlocks = (home: Home): readonly KnownBlock[] => [
  ...sections([
    md`*How to use it*`,
    md`Each incident has one thread. When a proposal waits there, an approver reacts to it (:white_check_mark: approve · :no_entry: reject · :raised_hand: hold) or uses its buttons.`,
    ...home.commands.slice(0, shown.commandsMax).map(({ usage, summary }) => md`• \`/sre ${usage}\` ${summary}`),
  ]),
  smallPrint(md`Inference: ${home.modelLabel === 'none' ? 'none, the detectors vote alone' : home.modelLabel}`),
];

/** The bot's home tab: mode and why, what is open with the buttons to decide, what was closed, how to use it. */
export const renderHome = (home: Home): HomeView => {
  const closed = home.recent.filter((file) => file.closure !== undefined).slice(0, shown.closedMax);
  const more = home.open.length - shown.openMax;
  const blocks: readonly KnownBlock[] = [
    ...(home.notice === undefined ? [] : sections([md`:speech_balloon: ${home.notice}`])),
    ...sections(modeLines(home.mode)),
    ...sections(
      (home.told ?? []).slice(0, 5).map(({ at, text }) => md`:warning: ${slackDate(at)} ${foreign(text, 400)}`),
    ),
    { type: 'divider' },
    ...sections([home.open.length === 0 ? md`*No open incident.*` : md`*Open incidents (${home.open.length})*`]),
    ...home.open.slice(0, shown.openMax).flatMap((file) => openBlocks(file, home.links)),
    ...(more > 0 ? [smallPrint(md`and ${more} more: \`/sre incidents\``)] : []),
    { type: 'divider' },
    ...sections([
      closed.length === 0 ? md`*Nothing was closed yet.*` : md`*Last closed*`,
      ...closed.map((file) => closedLine(file, home.links)),
    ]),
    { type: 'divider' },
    ...usageBlocks(home),
  ];
  return { type: 'home', blocks: blocks.slice(0, 100) };
};
