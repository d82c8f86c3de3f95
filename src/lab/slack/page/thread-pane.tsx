import { useEffect, useMemo } from 'react';
import { PaneHead } from './channel-pane.tsx';
import { Composer } from './composer.tsx';
import { Icon } from './icon.tsx';
import { MessageList } from './message-list.tsx';
import { usePage, userOf } from './page-context.ts';

/** A thread beside its channel. Escape closes it. */
export const ThreadPane = ({ channel, thread }: { readonly channel: string; readonly thread: string }) => {
  const { world, go, statuses } = usePage();
  const close = (): void => go({ kind: 'channel', channel, thread: null });
  const messages = useMemo(() => {
    const inside = (message: { readonly channel: string; readonly ts: string; readonly thread_ts?: string }): boolean =>
      message.channel === channel && (message.ts === thread || message.thread_ts === thread);
    return [...world.messages, ...world.ephemerals.filter((message) => message.thread_ts === thread)]
      .filter(inside)
      .sort((left, right) => left.ts.localeCompare(right.ts));
  }, [world.messages, world.ephemerals, channel, thread]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const busy = document.querySelector('dialog[open], .emoji-picker, .hints') !== null;
      if (event.key === 'Escape' && !busy) close();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });

  const replies = messages.filter((message) => message.ts !== thread && message.is_ephemeral !== true).length;
  const status = statuses.get(`${channel}/${thread}`) ?? '';
  const name = world.channels.find((known) => known.id === channel)?.name ?? '';
  return (
    <aside className="pane thread" aria-label="Thread" data-testid="thread">
      <PaneHead
        lead={
          <button type="button" className="icon-button narrow-only" aria-label="Back to the channel" onClick={close}>
            <Icon name="back" />
          </button>
        }
        title="Thread"
        about={`#${name}`}
        tail={
          <button type="button" className="icon-button wide-only" aria-label="Close thread" onClick={close}>
            <Icon name="close" />
          </button>
        }
      />
      <MessageList
        messages={messages}
        listKey={`${channel}/${thread}`}
        label="Thread"
        inThread={true}
        empty={<p className="empty">This message is no longer here.</p>}
        afterFirst={
          <div className="day day-start">
            <span>
              {replies} {replies === 1 ? 'reply' : 'replies'}
            </span>
          </div>
        }
        foot={
          status === '' ? null : (
            <p className="status" role="status">
              {userOf(world, world.botUserId).name} {status}
            </p>
          )
        }
      />
      <Composer key={thread} channel={channel} thread={thread} placeholder="Reply…" />
    </aside>
  );
};
