import type { CaseSummary } from '../../domain/case-file.ts';
import type { CaseView } from '../../ports/case-view.ts';
import { soleOwner } from '../../ports/ownership.ts';
import type { SlackDeps } from './slack-deps.ts';
import { isTold, toldMark } from './told.ts';

/** Cases that are looked at again after a start, beside the open ones: more than a storm closes while Slack cannot keep up. */
const recentMax = 500;
const closedShownMs = 86_400_000;

/** What is told completely needs no second look. Old cases that were never shown stay unshown: a channel is no place for last week's incidents. */
const isWorthShowing = async ({ shown, clock, desk }: SlackDeps, file: CaseSummary): Promise<boolean> => {
  const entries = await shown.of(file.incident.uid);
  if (isTold(entries, toldMark(file, desk))) return false;
  if (file.closure === undefined || entries.length > 0) return true;
  return clock.nowMs() - Date.parse(file.closure.at) < closedShownMs;
};

/** Shows now what could not be shown before the last end of the bot, or of another replica. Trouble is logged: the next change of a case shows it anyhow. */
export const catchUp = async (deps: SlackDeps, view: CaseView): Promise<void> => {
  const { owns } = deps.ownership ?? soleOwner;
  try {
    const files = [...(await deps.cases.open()), ...(await deps.cases.recent(recentMax))];
    const mine = new Map(files.filter(({ incident }) => owns(incident.uid)).map((file) => [file.incident.uid, file]));
    for (const [uid, file] of mine) if (await isWorthShowing(deps, file)) view.show(uid);
  } catch (error) {
    deps.log.warn({ error: String(error) }, 'The threads could not be compared with their cases after the start');
  }
};
