import type { Ballot } from '../../domain/decision.ts';
import { parseButtonValue } from './decision-buttons.ts';
import { publishHome } from './home-listener.ts';
import { type Inbound, threadOf, whisper } from './inbound.ts';
import { foreign } from './mrkdwn.ts';
import { renderDetails, renderDetailsLoading, renderDetailsMissing } from './render-details.ts';

/** A click on one of the bot's buttons. `channel` is absent in the home tab. */
export interface Click {
  readonly action: string;
  readonly value: string | undefined;
  readonly user: string;
  readonly name: string;
  readonly channel?: string | undefined;
  readonly trigger: string;
}

const votes: Readonly<Record<string, Ballot['kind']>> = { approve: 'approve', reject: 'reject', hold: 'hold' };

const onVote = async (inbound: Inbound, click: Click, kind: Ballot['kind']): Promise<void> => {
  const value = parseButtonValue(click.value);
  if (value === null) return;
  const { uid, planHash } = value;
  const by = { id: click.user, name: click.name };
  const answer = await inbound.desk.vote({
    uid,
    kind,
    by,
    via: 'button',
    ...(planHash === undefined ? {} : { planHash }),
  });
  // The home tab is nobody else's, and it does not change by itself: it shows the answer and the new state.
  if (click.channel === undefined) return publishHome(inbound, click.user, answer.text);
  if (answer.ok) return;
  const thread = await threadOf(inbound.shown, uid);
  await whisper(
    inbound,
    { channel: click.channel, user: click.user, thread },
    { text: foreign(answer.text, 1_000).mrkdwn },
  );
};

const viewIdOf = (answer: Readonly<Record<string, unknown>>): string => {
  const { view } = answer as { view?: { id?: unknown } };
  return typeof view?.id === 'string' ? view.id : '';
};

const onDetails = async (inbound: Inbound, click: Click): Promise<void> => {
  const value = parseButtonValue(click.value);
  if (value === null) return;
  // The trigger dies after three seconds: open first, read afterwards.
  const opened = await inbound.web.call('views.open', { trigger_id: click.trigger, view: renderDetailsLoading() });
  const file = await inbound.cases.read(value.uid);
  const view = file === null ? renderDetailsMissing() : renderDetails(file);
  await inbound.web.call('views.update', { view_id: viewIdOf(opened), view });
};

/** A click is a ballot for the plan that the button was made for, or a wish for details; any other is ignored. */
export const onClick = async (inbound: Inbound, click: Click): Promise<void> => {
  const kind = Object.hasOwn(votes, click.action) ? votes[click.action] : undefined;
  if (kind !== undefined) return onVote(inbound, click, kind);
  if (click.action === 'details') await onDetails(inbound, click);
};
