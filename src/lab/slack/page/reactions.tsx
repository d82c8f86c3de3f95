import { type ReactNode, useState } from 'react';
import type { SlackMessage } from '../slack-objects.ts';
import { EmojiPicker } from './emoji-picker.tsx';
import { Icon } from './icon.tsx';
import { Emoji } from './mrkdwn.tsx';
import { usePage, userOf } from './page-context.ts';

/** A control that opens the picker and puts the picked emoji on the message. */
export const AddReaction = (props: {
  readonly message: SlackMessage;
  readonly className: string;
  readonly testId?: string;
  readonly children?: ReactNode;
}) => {
  const { act } = usePage();
  const [anchor, setAnchor] = useState<DOMRect | null>(null);
  const { channel, ts } = props.message;
  return (
    <>
      <button
        type="button"
        className={props.className}
        aria-label="Add reaction"
        title="Add reaction"
        data-testid={props.testId}
        onClick={(event) => setAnchor(anchor === null ? event.currentTarget.getBoundingClientRect() : null)}
      >
        <Icon name="smile" size={18} />
      </button>
      {anchor === null ? null : (
        <EmojiPicker
          anchor={anchor}
          onClose={() => setAnchor(null)}
          onPick={(name) => {
            setAnchor(null);
            void act('react', { channel, ts, name, on: true });
          }}
        />
      )}
    </>
  );
};

/** The emoji under a message; a click adds or takes away one's own. */
export const Reactions = ({ message }: { readonly message: SlackMessage }) => {
  const { world, act } = usePage();
  const reactions = message.reactions ?? [];
  if (reactions.length === 0) return null;
  return (
    <div className="reactions">
      {reactions.map(({ name, users, count }) => {
        const mine = users.includes(world.me);
        const who = users.map((id) => (id === world.me ? 'you' : userOf(world, id).name)).join(', ');
        return (
          <button
            type="button"
            key={name}
            className={`reaction${mine ? ' reaction-mine' : ''}`}
            aria-pressed={mine}
            aria-label={`${name.replaceAll('_', ' ')}, ${count}, by ${who}`}
            title={`${who} reacted with :${name}:`}
            data-testid={`reaction-${name}`}
            onClick={() => void act('react', { channel: message.channel, ts: message.ts, name, on: !mine })}
          >
            <Emoji name={name} /> <span className="reaction-count">{count}</span>
          </button>
        );
      })}
      <AddReaction message={message} className="reaction reaction-add" />
    </div>
  );
};
