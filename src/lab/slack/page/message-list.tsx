import { Fragment, type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { SlackMessage } from '../slack-objects.ts';
import { Icon } from './icon.tsx';
import { Message } from './message.tsx';
import { dateOfTs, dayName } from './slack-date.ts';

const groupedWithinMs = 5 * 60_000;
/** This near to the end counts as reading the newest. */
const nearPx = 90;

const isGrouped = (message: SlackMessage, before: SlackMessage | undefined): boolean =>
  before !== undefined &&
  before.user === message.user &&
  before.is_ephemeral === message.is_ephemeral &&
  before.reply_count === undefined &&
  message.reply_count === undefined &&
  message.subtype !== 'tombstone' &&
  // A heading begins something of its own.
  message.blocks?.[0]?.type !== 'header' &&
  dateOfTs(message.ts).getTime() - dateOfTs(before.ts).getTime() < groupedWithinMs;

const isNewDay = (message: SlackMessage, before: SlackMessage | undefined): boolean =>
  before === undefined || dateOfTs(message.ts).toDateString() !== dateOfTs(before.ts).toDateString();

const moveFocus = (event: KeyboardEvent<HTMLElement>): void => {
  if (!(event.target instanceof HTMLElement)) return;
  const onMessage = event.target.matches('.message') || event.target === event.currentTarget;
  if (!onMessage || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
  const messages = [...event.currentTarget.querySelectorAll<HTMLElement>('.message')];
  const at = messages.indexOf(event.target);
  const next = at < 0 ? messages.at(-1) : messages[at + (event.key === 'ArrowDown' ? 1 : -1)];
  next?.focus();
  event.preventDefault();
};

/** Keeps the end in view while the reader is there; elsewhere says that something new came. */
const useStickToEnd = (messages: readonly SlackMessage[], key: string) => {
  const ref = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [missed, setMissed] = useState(false);
  const toEnd = (): void => {
    const box = ref.current;
    if (box !== null) box.scrollTop = box.scrollHeight;
    atEnd.current = true;
    setMissed(false);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its end.
  useLayoutEffect(toEnd, [key]);
  // Pictures that load and messages that grow push the end away as well.
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (atEnd.current && ref.current !== null) ref.current.scrollTop = ref.current.scrollHeight;
    });
    if (inner.current !== null) observer.observe(inner.current);
    if (ref.current !== null) observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  const newest = messages.at(-1)?.ts;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a newer message is news.
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
    else setMissed(true);
  }, [newest]);

  const onScroll = (): void => {
    const box = ref.current;
    if (box === null) return;
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < nearPx;
    if (atEnd.current) setMissed(false);
  };
  return { ref, inner, missed, toEnd, onScroll };
};

/** Messages with day dividers, the newest at the end. `listKey` names the list, so that another one starts afresh. */
export const MessageList = (props: {
  readonly messages: readonly SlackMessage[];
  readonly listKey: string;
  readonly label: string;
  readonly inThread: boolean;
  readonly afterFirst?: ReactNode;
  readonly empty?: ReactNode;
  readonly foot?: ReactNode;
}) => {
  const { messages } = props;
  const { ref, inner, missed, toEnd, onScroll } = useStickToEnd(messages, props.listKey);
  const now = new Date();
  return (
    <div className="list-frame">
      <div
        ref={ref}
        className="list"
        role="log"
        aria-label={props.label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a log that scrolls must be reachable by keyboard.
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={moveFocus}
      >
        <div ref={inner} className="list-inner">
          {messages.length === 0 ? props.empty : null}
          {messages.map((message, index) => {
            const before = messages[index - 1];
            const newDay = !props.inThread && isNewDay(message, before);
            return (
              <Fragment key={message.ts}>
                {newDay ? (
                  <div className="day">
                    <span>{dayName(dateOfTs(message.ts), now)}</span>
                  </div>
                ) : null}
                <Message
                  message={message}
                  grouped={!newDay && index !== (props.inThread ? 1 : 0) && isGrouped(message, before)}
                  inThread={props.inThread}
                />
                {index === 0 ? props.afterFirst : null}
              </Fragment>
            );
          })}
          {props.foot}
        </div>
      </div>
      {missed ? (
        <button type="button" className="jump" onClick={toEnd}>
          <Icon name="down" size={16} /> New messages
        </button>
      ) : null}
    </div>
  );
};
