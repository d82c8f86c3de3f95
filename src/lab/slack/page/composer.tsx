import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { type Hint, hintsFor } from './composer-hints.ts';
import { Icon } from './icon.tsx';
import { usePage, userOf } from './page-context.ts';

const Hints = (props: {
  readonly id: string;
  readonly hints: readonly Hint[];
  readonly active: number;
  readonly onTake: (hint: Hint) => void;
}) => (
  <div className="hints" role="listbox" id={props.id} aria-label="Suggestions" data-testid="hints">
    {props.hints.map((hint, index) => (
      <div
        key={hint.title}
        id={`${props.id}-${index}`}
        role="option"
        tabIndex={-1}
        aria-selected={index === props.active}
        className={`hint${index === props.active ? ' hint-active' : ''}`}
        // The text keeps its focus; a click would take it away.
        onPointerDown={(event) => {
          event.preventDefault();
          props.onTake(hint);
        }}
      >
        <span className="hint-title">{hint.title}</span>
        {hint.detail === '' ? null : <span className="quiet">{hint.detail}</span>}
      </div>
    ))}
  </div>
);

/** Sends what was typed: a command to the app, anything else to the channel or thread. Resolves to whether the text may go. */
const useSend = (channel: string, thread: string | null) => {
  const { world, act, notify } = usePage();
  return async (text: string): Promise<boolean> => {
    const [, command, rest = ''] = /^(\/\S+)(?:\s+([\s\S]*))?$/.exec(text) ?? [];
    if (command === undefined) {
      const answer = await act('say', { channel, text, ...(thread === null ? {} : { thread }) });
      return answer.ok;
    }
    if (thread !== null) {
      notify(`Slack takes no commands in threads. Type ${command} in the channel.`);
      return false;
    }
    if (!world.commands.some((known) => known.command === command)) {
      notify(`${command} is not a command here.`);
      return false;
    }
    const answer = await act('slash', { channel, command, text: rest.trim() });
    return answer.ok;
  };
};

/** Where people type. Enter sends, Shift+Enter makes a new line; Tab or Enter takes a suggestion. */
export const Composer = (props: {
  readonly channel: string;
  readonly thread: string | null;
  readonly placeholder: string;
}) => {
  const { world } = usePage();
  const send = useSend(props.channel, props.thread);
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const [hidden, setHidden] = useState(false);
  const ref = useRef<HTMLTextAreaElement>(null);
  const hintsId = useId();
  const hints = hidden ? [] : hintsFor(text, world);
  const chosen = Math.min(active, hints.length - 1);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const area = ref.current;
    if (area === null) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight, 220)}px`;
  }, [text]);

  const change = (next: string): void => {
    setText(next);
    setHidden(false);
    setActive(0);
  };
  const take = (hint: Hint): void => change(text.slice(0, hint.from) + hint.insert);
  const submit = async (): Promise<void> => {
    const words = text.trim();
    if (words === '') return;
    change('');
    if (!(await send(words))) setText((now) => (now === '' ? words : now));
  };

  const onHintKey = (event: KeyboardEvent, hint: Hint): boolean => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setActive((chosen + step + hints.length) % hints.length);
    else if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey && !hint.isOptional)) take(hint);
    else if (event.key === 'Escape') setHidden(true);
    else return false;
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const hint = hints[chosen];
    if (event.nativeEvent.isComposing) return;
    if (hint !== undefined && onHintKey(event, hint)) event.preventDefault();
    else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void submit();
    }
  };

  return (
    <div className="composer">
      {hints.length > 0 ? <Hints id={hintsId} hints={hints} active={chosen} onTake={take} /> : null}
      <div className="composer-box">
        <textarea
          ref={ref}
          rows={1}
          value={text}
          role="combobox"
          aria-expanded={hints.length > 0}
          aria-controls={hintsId}
          aria-autocomplete="list"
          {...(hints.length > 0 ? { 'aria-activedescendant': `${hintsId}-${chosen}` } : {})}
          placeholder={props.placeholder}
          aria-label={`${props.placeholder}, as ${userOf(world, world.me).realName}`}
          data-testid={props.thread === null ? 'composer' : 'thread-composer'}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="button"
          className="send"
          aria-label="Send"
          disabled={text.trim() === ''}
          onClick={() => void submit()}
        >
          <Icon name="send" />
        </button>
      </div>
    </div>
  );
};
