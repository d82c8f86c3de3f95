import { botManager, createScene } from '../analysis/scene.ts';
import { firstHarmMs, suspectsFirst } from '../analysis/suspects-first.ts';
import type { CaseFile } from '../domain/case-file.ts';
import type { FieldChange } from '../domain/evidence.ts';
import { limits } from '../limits.ts';
import type { ChangeLog } from '../ports/change-log.ts';

/** What others than the bot changed around a case, the likeliest suspects first; nothing when the recorder gives no answer. */
export const recentChanges = async (log: ChangeLog, file: CaseFile): Promise<readonly FieldChange[]> => {
  const since = new Date(Date.parse(file.incident.openedAt) - limits.changeLookbackMs).toISOString();
  const answer = await log.since(file.incident.namespace, since);
  const found = answer.outcome === 'found' ? answer.value.flatMap(({ changes }) => changes) : [];
  const others = found.filter(({ manager }) => manager !== botManager);
  const { context, incident } = file;
  const harmMs = context === undefined ? undefined : firstHarmMs(createScene(context, incident).readings, context);
  return suspectsFirst(others, (change) => change, harmMs);
};
