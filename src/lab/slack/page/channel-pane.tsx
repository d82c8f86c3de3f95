import { type ReactNode, useEffect, useMemo } from 'react';
import { isObject, type SlackMessage } from '../slack-objects.ts';
import { Composer } from './composer.tsx';
import { Icon } from './icon.tsx';
import { MessageList } from './message-list.tsx';
import { SafeLink } from './mrkdwn.tsx';
import { directChannelOf, usePage, userOf } from './page-context.ts';

const isReply = (message: SlackMessage): boolean =>
  message.thread_ts !== undefined && message.thread_ts !== message.ts && message.subtype !== 'thread_broadcast';

/** What the channel shows to this person, whispers included. */
const useChannelMessages = (channel: string): readonly SlackMessage[] => {
  const { world } = usePage();
  return useMemo(
    () =>
      [...world.messages, ...world.ephemerals]
        .filter((message) => message.channel === channel && !isReply(message))
        .sort((left, right) => left.ts.localeCompare(right.ts)),
    [world.messages, world.ephemerals, channel],
  );
};

const Bookmarks = ({ channel }: { readonly channel: string }) => {
  const { world } = usePage();
  const bookmarks = world.bookmarks.find((shelf) => shelf.channel === channel)?.bookmarks.filter(isObject) ?? [];
  if (bookmarks.length === 0) return null;
  return (
    <div className="bookmarks">
      {bookmarks.map((bookmark) => (
        <SafeLink key={String(bookmark.id)} url={String(bookmark.link)}>
          <Icon name="link" size={15} /> {String(bookmark.title)}
        </SafeLink>
      ))}
    </div>
  );
};

/** The bar above a channel, the app or a thread; its first control opens the side bar on narrow screens. */
export const PaneHead = (props: {
  readonly title: ReactNode;
  readonly about: ReactNode;
  readonly lead: ReactNode;
  readonly tail?: ReactNode;
}) => (
  <header className="pane-head">
    {props.lead}
    <div className="pane-title">
      <h1>{props.title}</h1>
      <p className="quiet">{props.about}</p>
    </div>
    {props.tail}
  </header>
);

/** What was said in the direct conversation with the app, or in a channel, and a place to answer. */
export const Conversation = ({
  channel,
  placeholder,
  empty,
}: {
  readonly channel: string;
  readonly placeholder: string;
  readonly empty: ReactNode;
}) => {
  const messages = useChannelMessages(channel);
  return (
    <>
      <MessageList
        messages={messages}
        listKey={channel}
        label={placeholder.replace('Message', 'Messages in')}
        inThread={false}
        empty={empty}
      />
      <Composer key={channel} channel={channel} thread={null} placeholder={placeholder} />
    </>
  );
};

/** One channel. */
export const ChannelPane = ({
  channelId,
  menu,
  onSeen,
}: {
  readonly channelId: string;
  readonly menu: ReactNode;
  readonly onSeen: (channel: string) => void;
}) => {
  const { world } = usePage();
  const channel = world.channels.find((known) => known.id === channelId);
  const count = world.messages.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new message is seen while the channel is open.
  useEffect(() => onSeen(channelId), [channelId, count]);
  if (channel === undefined || channel.id === directChannelOf(world))
    return <p className="empty">There is no such channel.</p>;

  const bot = userOf(world, world.botUserId);
  const hasBot = channel.members.includes(world.botUserId);
  return (
    <main className="pane" data-testid={`channel-view-${channel.name}`}>
      <PaneHead
        lead={menu}
        title={
          <>
            <Icon name="hash" size={18} />
            {channel.name}
          </>
        }
        about={`${channel.topic}${hasBot ? '' : ` · ${bot.name} is not here`}`}
      />
      <Bookmarks channel={channel.id} />
      <Conversation
        channel={channel.id}
        placeholder={`Message #${channel.name}`}
        empty={
          <div className="empty">
            <h2>This is #{channel.name}</h2>
            <p>{channel.topic}. Nothing has been said yet.</p>
          </div>
        }
      />
    </main>
  );
};
