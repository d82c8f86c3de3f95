import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Attempt } from '../../domain/attempt.ts';
import type { CaseSummary } from '../../domain/case-file.ts';
import type { Ballot } from '../../domain/decision.ts';
import { emojiBallot } from './emoji-ballot.ts';
import type { Inbound } from './inbound.ts';
import { onReaction, type ReactionChange } from './reaction-listener.ts';
import { troubleOf } from './slack-trouble.ts';

interface Reaction {
  readonly user: string;
  readonly reaction: string;
  readonly kind: Ballot['kind'];
}

const answerShape = z.object({
  message: z.object({
    reactions: z.array(z.object({ name: z.string(), users: z.array(z.string()) })).default([]),
  }),
});

const triesMax = 3;
const retryMsMin = 200;

/** A proposal that a word may still change: nothing is written yet. */
const openProposal = ({ closure, attempts }: CaseSummary): Attempt | null => {
  const attempt = attempts.at(-1);
  return closure === undefined && attempt?.ask !== undefined && attempt.execution === undefined ? attempt : null;
};

/** A no and a wait come before a yes: whoever doubts must be heard first. */
const ranks: Readonly<Record<Ballot['kind'], number>> = { reject: 0, withdraw: 1, hold: 2, approve: 3 };

const wordsIn = (answer: unknown): readonly Reaction[] =>
  answerShape
    .parse(answer)
    .message.reactions.flatMap(({ name, users }) => {
      const kind = emojiBallot(name, true);
      return kind === null ? [] : users.map((user) => ({ user, reaction: name, kind }));
    })
    .sort((one, other) => ranks[one.kind] - ranks[other.kind]);

/** Emoji that the case knows nothing of. Who approved and took it back has spoken, whatever other emoji of theirs still stands. */
const unheard = (standing: readonly Reaction[], { ballots, plan }: Attempt): readonly Reaction[] => {
  const heard = new Set(
    ballots
      .filter(({ planHash }) => planHash === plan.hash)
      .map(({ by, kind }) => `${by.id} ${kind === 'withdraw' ? 'approve' : kind}`),
  );
  const fresh = new Map<string, Reaction>();
  for (const one of standing) if (!heard.has(`${one.user} ${one.kind}`)) fresh.set(`${one.user} ${one.kind}`, one);
  return [...fresh.values()];
};

/** Approvals by emoji whose emoji is gone. */
const takenBack = (standing: readonly Reaction[], { ballots }: Attempt): readonly string[] => {
  const last = new Map<string, Ballot>();
  for (const ballot of ballots) {
    if (ballot.kind === 'approve' || ballot.kind === 'withdraw') last.set(ballot.by.id, ballot);
  }
  return [...last.values()]
    .filter(({ kind, via }) => kind === 'approve' && via === 'emoji')
    .map(({ by }) => by.id)
    .filter((user) => !standing.some((one) => one.user === user && one.kind === 'approve'));
};

const hearOne = async (deps: Inbound, file: CaseSummary, attempt: Attempt): Promise<void> => {
  const key = `proposal:${file.attempts.length}`;
  const message = (await deps.shown.of(file.incident.uid)).find((one) => one.key === key);
  if (message === undefined) return;
  const { channel, ts } = message;
  const standing = wordsIn(await deps.web.call('reactions.get', { channel, timestamp: ts, full: true }));
  const changes: readonly ReactionChange[] = [
    ...takenBack(standing, attempt).map((user) => ({ user, reaction: '+1', channel, ts, added: false })),
    ...unheard(standing, attempt).map(({ user, reaction }) => ({ user, reaction, channel, ts, added: true })),
  ];
  for (const change of changes) {
    // A refusal is not in the case, so it would be told again at every start.
    const known = `missed:${channel}:${ts}:${change.user}:${change.reaction}`;
    await onReaction(deps, change, { isNews: () => deps.seen.first(known) });
  }
};

const hearAtLast = async (deps: Inbound, file: CaseSummary, attempt: Attempt): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await hearOne(deps, file, attempt);
    } catch (error) {
      const { uid } = file.incident;
      const { code, message, retryAfterMs, kind } = troubleOf(error, 'reactions.get');
      if (tries < triesMax && kind !== 'gone' && kind !== 'refused') {
        await sleep(Math.max(retryAfterMs, retryMsMin * tries));
        continue;
      }
      deps.log.warn({ uid, code }, `The emoji on a proposal could not be read: ${message}`);
      return;
    }
  }
};

/** Counts emoji that were put on open proposals, or taken away, while the bot was not there: Slack does not tell of them again. Those whose window will close come first. */
export const hearMissedReactions = async (deps: Inbound): Promise<void> => {
  const waiting = (await deps.cases.open()).flatMap((file) => {
    const attempt = openProposal(file);
    return attempt === null ? [] : [{ file, attempt }];
  });
  const closesAt = ({ attempt }: { readonly attempt: Attempt }): string =>
    attempt.ask?.autoApproveAt ?? attempt.ask?.expiresAt ?? '';
  const windowsFirst = waiting.toSorted((one, other) => closesAt(one).localeCompare(closesAt(other)));
  for (const { file, attempt } of windowsFirst) await hearAtLast(deps, file, attempt);
};
