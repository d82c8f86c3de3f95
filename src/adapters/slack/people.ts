import { z } from 'zod';
import type { Actor } from '../../domain/decision.ts';
import type { SlackWeb } from './slack-web.ts';

/** Names of people, by their Slack ids. */
export interface People {
  /** The person with the name that Slack shows; the id stands for the name when Slack does not tell. */
  actor(userId: string): Promise<Actor>;
}

const rememberedMax = 500;

const userShape = z.object({
  user: z.object({
    name: z.string(),
    profile: z.object({ display_name: z.string().optional() }).optional(),
  }),
});

/** Asks Slack once for each person. */
export const createPeople = (web: SlackWeb): People => {
  const names = new Map<string, string>();

  const ask = async (userId: string): Promise<string> => {
    try {
      const { user } = userShape.parse(await web.call('users.info', { user: userId }));
      const name = user.profile?.display_name || user.name;
      if (names.size >= rememberedMax) names.clear();
      names.set(userId, name);
      return name;
    } catch {
      return userId;
    }
  };

  return { actor: async (userId) => ({ id: userId, name: names.get(userId) ?? (await ask(userId)) }) };
};
