/** A leaky bucket: `burst` calls at once, then `perMinute` sustained. */
interface Allowance {
  readonly burst: number;
  readonly perMinute: number;
  readonly perChannel?: true;
}

/** Slack's tiers, for the methods that an incident bot uses most. Posting is counted for each channel. */
const allowances: Readonly<Record<string, Allowance>> = {
  'chat.postMessage': { burst: 25, perMinute: 60, perChannel: true },
  'chat.postEphemeral': { burst: 100, perMinute: 100 },
  'chat.update': { burst: 50, perMinute: 50 },
  'chat.delete': { burst: 50, perMinute: 50 },
  'conversations.history': { burst: 50, perMinute: 50 },
  'conversations.replies': { burst: 50, perMinute: 50 },
  'conversations.list': { burst: 20, perMinute: 20 },
  'reactions.add': { burst: 50, perMinute: 50 },
  'usergroups.list': { burst: 20, perMinute: 20 },
  'usergroups.users.list': { burst: 20, perMinute: 20 },
  'pins.add': { burst: 20, perMinute: 20 },
  'bookmarks.add': { burst: 20, perMinute: 20 },
};

/** Counts calls. `take` returns the whole seconds to wait, 0 when the call may pass. */
export interface RateLimits {
  take(method: string, channel: string): number;
}

/** Makes the counters of one app in one workspace. */
export const createRateLimits = (nowMs: () => number): RateLimits => {
  const levels = new Map<string, { level: number; atMs: number }>();
  return {
    take: (method, channel) => {
      const allowance = allowances[method];
      if (allowance === undefined) return 0;
      const key = allowance.perChannel === true ? `${method} ${channel}` : method;
      const perMs = allowance.perMinute / 60_000;
      const before = levels.get(key) ?? { level: 0, atMs: nowMs() };
      const level = Math.max(0, before.level - (nowMs() - before.atMs) * perMs);
      if (level + 1 > allowance.burst) {
        levels.set(key, { level, atMs: nowMs() });
        return Math.max(1, Math.ceil((level + 1 - allowance.burst) / perMs / 1000));
      }
      levels.set(key, { level: level + 1, atMs: nowMs() });
      return 0;
    },
  };
};
