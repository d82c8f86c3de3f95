import type { CaseFile } from '../../domain/case-file.ts';
import type { Ballot } from '../../domain/decision.ts';
import { emojiBallot } from './emoji-ballot.ts';
import { type Inbound, threadOf, whisper } from './inbound.ts';
import { foreign } from './mrkdwn.ts';

/** An emoji put on a message, or taken away. */
export interface ReactionChange {
  readonly user: string;
  readonly reaction: string;
  readonly channel: string;
  readonly ts: string;
  readonly added: boolean;
}

const attemptOf = (file: CaseFile | null, key: string) => file?.attempts[Number(key.slice('proposal:'.length)) - 1];

const hasApproved = (ballots: readonly Ballot[], user: string): boolean =>
  ballots.findLast((ballot) => ballot.by.id === user && (ballot.kind === 'approve' || ballot.kind === 'withdraw'))
    ?.kind === 'approve';

/** An emoji on a proposal is a ballot for the plan that stands in that very message; everything else is left alone. Refused voters are told why, unless that is no news. */
export const onReaction = async (
  inbound: Inbound,
  change: ReactionChange,
  refusal: { readonly isNews: () => Promise<boolean> } = { isNews: async () => true },
): Promise<void> => {
  const kind = emojiBallot(change.reaction, change.added);
  if (kind === null) return;
  const message = await inbound.shown.byMessage(change.channel, change.ts);
  if (message === null || !message.key.startsWith('proposal:')) return;
  const { uid, key } = message;
  const attempt = attemptOf(await inbound.cases.read(uid), key);
  if (attempt === undefined) return;
  // Somebody without an approval of theirs takes nothing back.
  if (kind === 'withdraw' && !hasApproved(attempt.ballots, change.user)) return;
  const by = await inbound.people.actor(change.user);
  const answer = await inbound.desk.vote({ uid, kind, by, via: 'emoji', planHash: attempt.plan.hash });
  if (answer.ok || !(await refusal.isNews())) return;
  const thread = await threadOf(inbound.shown, uid);
  await whisper(
    inbound,
    { channel: change.channel, user: change.user, thread },
    { text: foreign(answer.text, 1_000).mrkdwn },
  );
};
