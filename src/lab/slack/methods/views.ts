import type { Arguments } from '../arguments.ts';
import { checkView } from '../blocks/check-view.ts';
import type { Methods } from '../method.ts';
import { refuse, refuseWith } from '../refusal.ts';
import type { Site } from '../site.ts';
import type { JsonObject, SlackView } from '../slack-objects.ts';
import { readView } from '../view-record.ts';

/** More than this lie on top of each other in no Slack client. */
const stackMax = 3;

const viewOf = (args: Arguments, site: Site, type: 'modal' | 'home'): JsonObject => {
  const view =
    args.object('view') ??
    refuseWith('invalid_arguments', ['[ERROR] missing required field: view [json-pointer:/view]']);
  checkView(view, type, site);
  return view;
};

const userOfTrigger = (args: Arguments, site: Site): string => {
  const trigger = site.tickets.useTrigger(args.need('trigger_id'));
  return 'user' in trigger ? trigger.user : refuse(trigger.refused);
};

const checkHash = (args: Arguments, view: SlackView | undefined): void => {
  if (args.has('hash') && view !== undefined && args.text('hash') !== view.hash) refuse('hash_conflict');
};

const checkExternalId = (sent: JsonObject, site: Site, own?: string): void => {
  if (typeof sent.external_id !== 'string' || sent.external_id === '') return;
  const taken = site.workspace.views.findExternal(sent.external_id);
  if (taken !== undefined && taken.view.id !== own) refuse('duplicate_external_id');
};

/** Modals, which need a fresh trigger of the person, and App Home tabs, which do not. */
export const viewMethods: Methods = {
  'views.open': (args, site) => {
    const sent = viewOf(args, site, 'modal');
    checkExternalId(sent, site);
    const user = userOfTrigger(args, site);
    const view = readView(site.workspace, sent);
    site.workspace.views.clear(user);
    site.workspace.views.push(user, view);
    return { view };
  },
  'views.push': (args, site) => {
    const sent = viewOf(args, site, 'modal');
    checkExternalId(sent, site);
    const user = userOfTrigger(args, site);
    const below = site.workspace.views.of(user);
    if (below.length >= stackMax) refuse('push_limit_reached');
    const view = readView(site.workspace, sent, { above: below.at(-1) });
    site.workspace.views.push(user, view);
    return { view };
  },
  'views.update': (args, site) => {
    const sent = viewOf(args, site, 'modal');
    const open = args.has('view_id')
      ? site.workspace.views.find(args.need('view_id'))
      : site.workspace.views.findExternal(args.need('external_id'));
    const before = open?.view ?? refuse('not_found');
    checkHash(args, before);
    checkExternalId(sent, site, before.id);
    const view = readView(site.workspace, sent, { replaces: before });
    site.workspace.views.replace(view);
    return { view };
  },
  'views.publish': (args, site) => {
    const user = args.need('user_id');
    if (!site.workspace.users.has(user)) refuse('user_not_found');
    const sent = viewOf(args, site, 'home');
    const before = site.workspace.home(user);
    checkHash(args, before);
    const view = readView(site.workspace, sent, { replaces: before });
    site.workspace.setHome(user, view);
    return { view };
  },
};
