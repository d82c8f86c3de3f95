import { z } from 'zod';
import type { Approvers } from '../../ports/approvers.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { troubleOf } from './slack-trouble.ts';
import type { SlackWeb } from './slack-web.ts';

/** The approvers as Slack knows them. */
export interface ApproverList extends Approvers {
  /** The group changed: read it again at the next question. */
  refresh(): void;
}

/** Who may approve: fixed user ids, a user group (id or handle), or both. */
export interface ApproverListDeps {
  readonly ids: readonly string[];
  readonly group?: string | undefined;
  readonly web: SlackWeb;
  readonly clock: Clock;
  readonly log: Log;
}

const cacheMs = 300_000;

const membersShape = z.object({ users: z.array(z.string()) });
const groupsShape = z.object({ usergroups: z.array(z.object({ id: z.string(), handle: z.string() })) });

const groupIdOf = async (web: SlackWeb, group: string): Promise<string> => {
  if (/^S[A-Z0-9]{2,20}$/.test(group)) return group;
  const handle = group.replace(/^@/, '');
  const { usergroups } = groupsShape.parse(await web.call('usergroups.list', {}));
  const found = usergroups.find((one) => one.handle === handle);
  // An unknown handle is asked for as it is, so that Slack's own refusal explains it.
  return found?.id ?? handle;
};

interface Membership {
  readonly users: ReadonlySet<string>;
  readonly atMs: number;
}

/** Asks Slack who is in the group, at most every five minutes. Without a readable group only the fixed ids may approve. */
export const createApproverList = (deps: ApproverListDeps): ApproverList => {
  const { ids, group, web, clock, log } = deps;
  let known: Promise<Membership> | undefined;

  const read = async (name: string): Promise<Membership> => {
    const usergroup = await groupIdOf(web, name);
    const { users } = membersShape.parse(await web.call('usergroups.users.list', { usergroup }));
    return { users: new Set(users), atMs: clock.nowMs() };
  };

  const members = async (name: string): Promise<Membership> => {
    const before = await known?.catch(() => undefined);
    if (before !== undefined && Math.abs(clock.nowMs() - before.atMs) < cacheMs) return before;
    known = read(name);
    return known;
  };

  const checkGroup: ApproverList['check'] = async (userId) => {
    if (group === undefined || group === '') {
      const reason =
        ids.length === 0 ? 'Nobody is configured as an approver.' : 'You are not on the list of approvers.';
      return { allowed: false, reason };
    }
    try {
      const { users } = await members(group);
      if (users.has(userId)) return { allowed: true };
      return { allowed: false, reason: 'You are not in the group of approvers. Ask one of them to decide.' };
    } catch (error) {
      const trouble = troubleOf(error, 'usergroups.users.list');
      log.warn({ code: trouble.code }, `The approvers' group cannot be read: ${trouble.message}`);
      return {
        allowed: false,
        reason: `The approvers' group cannot be read, so nobody in it can be recognised. ${trouble.message}`,
      };
    }
  };

  return {
    check: (userId) => (ids.includes(userId) ? Promise.resolve({ allowed: true }) : checkGroup(userId)),
    refresh: () => {
      known = undefined;
    },
  };
};
