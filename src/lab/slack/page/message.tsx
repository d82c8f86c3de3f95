import { memo } from 'react';
import type { SlackMessage } from '../slack-objects.ts';
import { Avatar } from './avatar.tsx';
import { useNowMs } from './clock.ts';
import { Icon } from './icon.tsx';
import { MessageBody } from './message-body.tsx';
import { Emoji } from './mrkdwn.tsx';
import { usePage, userOf } from './page-context.ts';
import { AddReaction, Reactions } from './reactions.tsx';
import { agoShort, dateOfTs, fullInstant, timeOfDay } from './slack-date.ts';

/** One click away: a yes, a look, a question. */
const quickReactions = ['white_check_mark', 'eyes', 'mag'] as const;

const Stamp = ({ message, onOpen }: { readonly message: SlackMessage; readonly onOpen: () => void }) => {
  const date = dateOfTs(message.ts);
  return (
    <button type="button" className="stamp" title={fullInstant(date)} onClick={onOpen}>
      <time dateTime={date.toISOString()}>{timeOfDay(date)}</time>
    </button>
  );
};

const Toolbar = ({ message, onReply }: { readonly message: SlackMessage; readonly onReply: (() => void) | null }) => {
  const { act } = usePage();
  return (
    <div className="toolbar" role="toolbar" aria-label="Message actions">
      {quickReactions.map((name) => (
        <button
          type="button"
          key={name}
          className="tool tool-quick"
          aria-label={`React with ${name.replaceAll('_', ' ')}`}
          title={`:${name}:`}
          onClick={() => void act('react', { channel: message.channel, ts: message.ts, name, on: true })}
        >
          <Emoji name={name} />
        </button>
      ))}
      <AddReaction message={message} className="tool" testId="add-reaction" />
      {onReply === null ? null : (
        <button
          type="button"
          className="tool"
          aria-label="Reply in thread"
          title="Reply in thread"
          data-testid="reply"
          onClick={onReply}
        >
          <Icon name="reply" size={18} />
        </button>
      )}
    </div>
  );
};

const ThreadSummary = ({ message, onOpen }: { readonly message: SlackMessage; readonly onOpen: () => void }) => {
  const { world } = usePage();
  const nowMs = useNowMs();
  const count = message.reply_count ?? 0;
  if (count === 0) return null;
  const last = agoShort(dateOfTs(message.latest_reply ?? message.ts).getTime(), nowMs);
  return (
    <button type="button" className="thread-summary" data-testid="thread-summary" onClick={onOpen}>
      <span className="thread-faces">
        {(message.reply_users ?? []).map((id) => (
          <Avatar key={id} user={userOf(world, id)} size={22} />
        ))}
      </span>
      <span className="thread-count">
        {count} {count === 1 ? 'reply' : 'replies'}
      </span>
      <span className="quiet">last reply {last}</span>
    </button>
  );
};

const Notes = ({ message }: { readonly message: SlackMessage }) => (
  <>
    {message.is_ephemeral === true ? (
      <p className="message-note" data-testid="ephemeral-note">
        <Icon name="eye" size={15} /> Only visible to you
      </p>
    ) : null}
    {message.pinned_to === undefined ? null : (
      <p className="message-note">
        <Icon name="pin" size={15} /> Pinned to this channel
      </p>
    )}
    {message.subtype === 'thread_broadcast' ? (
      <p className="message-note">
        <Icon name="reply" size={15} /> Also sent to the channel
      </p>
    ) : null}
  </>
);

/** How a message is shown: `grouped` under its author's last one, `inThread` without a way into the thread. */
export interface MessageProps {
  readonly message: SlackMessage;
  readonly grouped: boolean;
  readonly inThread: boolean;
}

const classOf = ({ message, grouped }: MessageProps, isFresh: boolean): string =>
  [
    'message',
    grouped ? 'message-grouped' : '',
    isFresh ? 'message-fresh' : '',
    message.is_ephemeral === true ? 'message-ephemeral' : '',
    message.subtype === 'tombstone' ? 'message-gone' : '',
  ]
    .filter(Boolean)
    .join(' ');

const Edited = ({ message }: { readonly message: SlackMessage }) =>
  message.edited === undefined ? null : (
    <span className="edited" title={fullInstant(dateOfTs(message.edited.ts))}>
      (edited)
    </span>
  );

/** Below blocks the note of an edit would take a line of its own, so it stands beside the time. */
const isNotedAbove = ({ message, grouped }: MessageProps): boolean => !grouped && (message.blocks ?? []).length > 0;

const Signature = (props: MessageProps & { readonly onOpen: () => void }) => {
  const { world } = usePage();
  const author = userOf(world, props.message.user);
  return (
    <div className="message-head">
      <strong className="author">{author.realName}</strong>
      {author.isBot ? <span className="badge">App</span> : null}
      <Stamp message={props.message} onOpen={props.onOpen} />
      {isNotedAbove(props) ? <Edited message={props.message} /> : null}
    </div>
  );
};

/** One message with all that hangs on it. */
export const Message = memo((props: MessageProps) => {
  const { message, grouped, inThread } = props;
  const { world, fresh, go, act } = usePage();
  const author = userOf(world, message.user);
  const openThread = (): void =>
    go({ kind: 'channel', channel: message.channel, thread: message.thread_ts ?? message.ts });
  const isEphemeral = message.is_ephemeral === true;

  return (
    <article
      className={classOf(props, fresh.has(message.ts))}
      data-testid="message"
      data-ts={message.ts}
      tabIndex={-1}
      aria-label={`${author.realName}, ${timeOfDay(dateOfTs(message.ts))}`}
      onKeyDown={(event) => {
        if (event.key === 't' && event.target === event.currentTarget && !inThread) openThread();
      }}
    >
      <div className="message-side">
        {grouped ? <Stamp message={message} onOpen={openThread} /> : <Avatar user={author} />}
      </div>
      <div className="message-main">
        <Notes message={message} />
        {grouped ? null : <Signature {...props} onOpen={openThread} />}
        <div className="message-body" data-testid="message-body">
          <MessageBody message={message} />
          {isNotedAbove(props) ? null : <Edited message={message} />}
        </div>
        <Reactions message={message} />
        {inThread ? null : <ThreadSummary message={message} onOpen={openThread} />}
        {isEphemeral ? (
          <button type="button" className="link small" onClick={() => void act('dismiss', { ts: message.ts })}>
            Dismiss message
          </button>
        ) : null}
      </div>
      {isEphemeral || message.subtype === 'tombstone' ? null : (
        <Toolbar message={message} onReply={inThread ? null : openThread} />
      )}
    </article>
  );
});
