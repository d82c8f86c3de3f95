import { withBlockIds } from './conversation.ts';
import { isObject, type JsonObject, type SlackView } from './slack-objects.ts';
import type { Workspace } from './workspace.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const objectOf = (value: unknown): JsonObject | null => (isObject(value) ? value : null);

/** The view that Slack keeps for what an app sent: a new one, one that replaces another, or one above another. */
export const readView = (
  workspace: Workspace,
  sent: JsonObject,
  place: { readonly replaces?: SlackView | undefined; readonly above?: SlackView | undefined } = {},
): SlackView => {
  const id = place.replaces?.id ?? workspace.newId('V');
  const blocks = Array.isArray(sent.blocks) ? sent.blocks.filter(isObject) : [];
  return {
    id,
    team_id: workspace.team.id,
    type: sent.type === 'home' ? 'home' : 'modal',
    blocks: withBlockIds(blocks, workspace.newId),
    private_metadata: textOf(sent.private_metadata),
    callback_id: textOf(sent.callback_id),
    external_id: textOf(sent.external_id),
    hash: `${Math.floor(workspace.nowMs() / 1000)}.${workspace.newId('')}`,
    state: { values: {} },
    root_view_id: place.replaces?.root_view_id ?? place.above?.root_view_id ?? id,
    previous_view_id: place.replaces?.previous_view_id ?? place.above?.id ?? null,
    title: objectOf(sent.title),
    submit: objectOf(sent.submit),
    close: objectOf(sent.close),
    notify_on_close: sent.notify_on_close === true,
    clear_on_close: sent.clear_on_close === true,
    app_id: workspace.app.id,
    bot_id: workspace.app.botId,
  };
};
