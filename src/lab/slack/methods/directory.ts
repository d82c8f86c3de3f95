import { type Methods, page } from '../method.ts';
import { refuse } from '../refusal.ts';
import type { Site } from '../site.ts';
import type { JsonObject, SlackGroup, SlackUser } from '../slack-objects.ts';

const offsetSeconds = (timeZone: string, nowMs: number): number => {
  const local = new Date(new Date(nowMs).toLocaleString('en-US', { timeZone }));
  const utc = new Date(new Date(nowMs).toLocaleString('en-US', { timeZone: 'UTC' }));
  return Math.round((local.getTime() - utc.getTime()) / 1000);
};

const wireUser = (user: SlackUser, site: Site): JsonObject => ({
  id: user.id,
  team_id: site.workspace.team.id,
  name: user.name,
  real_name: user.realName,
  deleted: false,
  is_bot: user.isBot,
  is_app_user: false,
  tz: user.timeZone,
  tz_label: user.timeZone,
  tz_offset: offsetSeconds(user.timeZone, site.workspace.nowMs()),
  profile: { real_name: user.realName, display_name: user.name, title: user.role, team: site.workspace.team.id },
});

const wireGroup = (group: SlackGroup, site: Site): JsonObject => ({
  id: group.id,
  team_id: site.workspace.team.id,
  is_usergroup: true,
  handle: group.handle,
  name: group.name,
  users: group.users,
  user_count: group.users.length,
  date_delete: 0,
});

/** Who there is: the app itself, the team, its people and its groups. */
export const directoryMethods: Methods = {
  'api.test': (args) => ({ args: args.all() }),
  'auth.test': (_args, site) => ({
    url: `${site.baseUrl()}/`,
    team: site.workspace.team.name,
    team_id: site.workspace.team.id,
    user: 'srebot',
    user_id: site.workspace.app.botUserId,
    bot_id: site.workspace.app.botId,
    is_enterprise_install: false,
  }),
  'team.info': (_args, site) => ({ team: { ...site.workspace.team, email_domain: '', icon: {} } }),
  'users.info': (args, site) => {
    const user = site.workspace.users.get(args.need('user')) ?? refuse('user_not_found');
    return { user: wireUser(user, site) };
  },
  'users.list': (args, site) => {
    const { items, response_metadata } = page([...site.workspace.users.values()], args, 200);
    return { members: items.map((user) => wireUser(user, site)), cache_ts: 0, response_metadata };
  },
  'users.lookupByEmail': (args, site) => {
    const name = args.need('email').split('@')[0];
    const user = [...site.workspace.users.values()].find((known) => known.name === name) ?? refuse('users_not_found');
    return { user: wireUser(user, site) };
  },
  'usergroups.list': (_args, site) => ({
    usergroups: [...site.workspace.groups.values()].map((group) => wireGroup(group, site)),
  }),
  'usergroups.users.list': (args, site) => {
    const group = site.workspace.groups.get(args.need('usergroup')) ?? refuse('no_such_subteam');
    return { users: group.users };
  },
};
