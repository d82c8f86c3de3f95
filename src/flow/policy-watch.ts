import type { ObjectRef } from '../domain/workload.ts';
import { limits } from '../limits.ts';
import type { Ids } from '../ports/clock.ts';
import type { ClusterWriter } from '../ports/cluster-writer.ts';
import type { Log } from '../ports/log.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import type { ModeKeeper } from './mode-keeper.ts';
import { troubleOfChallenge, troubleOfPolicies } from './policy-guard.ts';

/** Keeps an eye on Kyverno, so that the mode says before the next incident whether the bot may write at all. */
export interface PolicyWatch {
  /** Takes note that nobody stood guard at this object, and looks at once. */
  doubt(target: ObjectRef): void;
  /** Looks now. Never throws. */
  look(): Promise<void>;
  start(): Promise<void>;
  stop(): void;
}

/** What the watch needs; `everyMs` is for tests. */
export interface PolicyWatchDeps {
  readonly policies: PolicyEngine;
  readonly writer: Pick<ClusterWriter, 'challenge'>;
  readonly modes: Pick<ModeKeeper, 'force' | 'release'>;
  readonly ids: Ids;
  readonly log: Pick<Log, 'warn'>;
  readonly everyMs?: number;
}

/** The incident that belongs to no incident, as the journal writes it. */
const noIncident = 'bot';

/**
 * Forces watchtower mode while the policies do not stand guard. What they say of themselves is looked at again and again; a
 * challenge is only sent after a doubt, because Kyverno makes an event of each denial.
 */
export const createPolicyWatch = (deps: PolicyWatchDeps): PolicyWatch => {
  const { policies, writer, modes, ids, log, everyMs = limits.policyLookEveryMs } = deps;
  let doubted: ObjectRef | null = null;
  let timer: NodeJS.Timeout | undefined;
  let looking = Promise.resolve();

  const challenged = async (target: ObjectRef): Promise<string | null> => {
    const answer = await writer.challenge(target, { incidentUid: noIncident, actionId: ids.uid() });
    const trouble = troubleOfChallenge(answer);
    if (trouble !== null) return trouble;
    // Only a refusal by a policy, or an object that is gone, puts the doubt to rest.
    const isRefused = answer.kind === 'denied' && (answer.policy !== undefined || answer.by === 'not_found');
    if (!isRefused) return 'Kyverno has not been seen to refuse anything since';
    doubted = null;
    return null;
  };

  const judge = async (): Promise<void> => {
    const answer = await policies.policies();
    // While the API server itself is away nothing can be written anyway, and nothing is known about the guard.
    if (answer.outcome === 'unreachable') return;
    const trouble = troubleOfPolicies(answer) ?? (doubted === null ? null : await challenged(doubted));
    await (trouble === null ? modes.release('policies') : modes.force('policies', `nobody stands guard: ${trouble}`));
  };

  const look = (): Promise<void> => {
    looking = looking.then(judge).catch((err: unknown) => {
      log.warn({ err }, 'the guard could not be looked at and will be looked at again');
    });
    return looking;
  };

  const again = (): void => {
    timer = setTimeout(() => {
      void look().then(() => {
        if (timer !== undefined) again();
      });
    }, everyMs);
    timer.unref();
  };

  return {
    doubt: (target) => {
      doubted = target;
      void look();
    },
    look,
    start: async () => {
      await look();
      again();
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
};
