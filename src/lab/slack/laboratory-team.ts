import type { SlackChannel, SlackGroup, SlackUser } from './slack-objects.ts';

/** The ids of everybody in the laboratory's workspace, by name. */
export const userIds = {
  alice: 'U0ALICE01',
  bob: 'U0BOB0001',
  carol: 'U0CAROL01',
  mallory: 'U0MALLORY',
  srebot: 'U0SREBOT1',
} as const;

/** The ids of the laboratory's channels, by name. */
export const channelIds = { incidents: 'C0INCIDNT', general: 'C0GENERAL' } as const;

/** The workspace's own facts. */
export const laboratoryTeam = { id: 'T0LOCAL01', name: 'Online Boutique', domain: 'online-boutique' } as const;

/** The app's own facts. */
export const laboratoryApp = { id: 'A0SREBOT1', botId: 'B0SREBOT1', botUserId: userIds.srebot } as const;

const person = (id: string, name: string, more: Pick<SlackUser, 'realName' | 'role' | 'timeZone'>): SlackUser => ({
  id,
  name,
  ...more,
  isBot: false,
});

/** The people of the laboratory: one on call, two who may approve, one outsider who may not, and the bot. */
export const laboratoryUsers: readonly SlackUser[] = [
  person(userIds.alice, 'alice', { realName: 'Alice Moreau', role: 'on-call engineer', timeZone: 'Europe/Paris' }),
  person(userIds.bob, 'bob', { realName: 'Bob Okafor', role: 'approver', timeZone: 'Europe/London' }),
  person(userIds.carol, 'carol', { realName: 'Carol Lindqvist', role: 'approver', timeZone: 'Europe/Stockholm' }),
  person(userIds.mallory, 'mallory', { realName: 'Mallory Voss', role: 'outsider', timeZone: 'America/New_York' }),
  { id: userIds.srebot, name: 'srebot', realName: 'SRE Bot', role: 'app', timeZone: 'Etc/UTC', isBot: true },
];

const people = laboratoryUsers.filter((user) => !user.isBot).map((user) => user.id);

/** The direct conversation between a person and the app. */
export const directChannelId = (userId: string): string => `D${userId.slice(1)}`;

/** The channels at start. The bot sits in #incidents alone, as a careful installation would have it. */
export const laboratoryChannels: readonly SlackChannel[] = [
  {
    id: channelIds.incidents,
    name: 'incidents',
    kind: 'channel',
    topic: 'Alerts, investigations and remedies',
    members: [...people, userIds.srebot],
  },
  { id: channelIds.general, name: 'general', kind: 'channel', topic: 'Everything else', members: people },
  ...people.map(
    (id): SlackChannel => ({
      id: directChannelId(id),
      name: 'srebot',
      kind: 'im',
      topic: '',
      members: [id, userIds.srebot],
    }),
  ),
];

/** The user groups at start. */
export const laboratoryGroups: readonly SlackGroup[] = [
  { id: 'S0SREAPPR', handle: 'sre-approvers', name: 'SRE approvers', users: [userIds.bob, userIds.carol] },
];
