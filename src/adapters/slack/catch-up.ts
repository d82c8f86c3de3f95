import type { CaseSummary } from '../../domain/case-file.ts';
import type { CaseView } from '../../ports/case-view.ts';
import { soleOwner } from '../../ports/ownership.ts';
import type { SlackDeps } from './slack-deps.ts';

/** Cases that are looked at again after a start. */
const recentShownMax = 50;
const closedShownMs = 86_400_000;

/** Old cases that were never shown stay unshown: a channel is no place for last week's incidents. */
const isWorthShowing = async ({ shown, clock }: SlackDeps, file: CaseSummary): Promise<boolean> => {
  if (file.closure === undefined) return true;
  const isRecent = clock.nowMs() - Date.parse(file.closure.at) < closedShownMs;
  return isRecent || (await shown.of(file.incident.uid)).length > 0;
};

/** Shows now what could not be shown before the last end of the bot, or of another replica. Trouble is logged: the next change of a case shows it anyhow. */
export const catchUp = async (deps: SlackDeps, view: CaseView): Promise<void> => {
  const { owns } = deps.ownership ?? soleOwner;
  try {
    const files = [...(await deps.cases.open()), ...(await deps.cases.recent(recentShownMax))];
    for (const file of files.filter(({ incident }) => owns(incident.uid))) {
      if (await isWorthShowing(deps, file)) view.show(file.incident.uid);
    }
  } catch (error) {
    deps.log.warn({ error: String(error) }, 'The threads could not be compared with their cases after the start');
  }
};
