import { Picker } from 'emoji-mart';
import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { emojiData } from './emoji.ts';

const size = { width: 352, height: 435 };
const margin = 8;

/** Beside the control that opened it, and always inside the window. */
const placeNear = (anchor: DOMRect): { readonly left: number; readonly top: number } => {
  const below = anchor.bottom + margin;
  const top = below + size.height + margin <= window.innerHeight ? below : anchor.top - size.height - margin;
  const bounded = (value: number, max: number): number => Math.max(margin, Math.min(value, max));
  return {
    left: bounded(anchor.right - size.width, window.innerWidth - size.width - margin),
    top: bounded(top, window.innerHeight - size.height - margin),
  };
};

/** Lets a person pick an emoji, with search and by keyboard. `onPick` gets Slack's short name. */
export const EmojiPicker = (props: {
  readonly anchor: DOMRect;
  readonly onPick: (name: string) => void;
  readonly onClose: () => void;
}) => {
  const ref = useRef<HTMLDivElement>(null);
  const handlers = useRef(props);
  handlers.current = props;

  useEffect(() => {
    const before = document.activeElement;
    const theme = document.documentElement.dataset.theme ?? 'auto';
    const picker = new Picker({
      data: emojiData,
      theme,
      autoFocus: true,
      previewPosition: 'none',
      skinTonePosition: 'none',
      maxFrequentRows: 2,
      onEmojiSelect: (emoji: { readonly id: string }) => handlers.current.onPick(emoji.id),
    }) as unknown as HTMLElement;
    ref.current?.replaceChildren(picker);
    const away = (event: PointerEvent): void => {
      if (event.target instanceof Node && ref.current?.contains(event.target) !== true) handlers.current.onClose();
    };
    // The picker keeps its key presses to itself, so Escape is caught on the way down.
    const onEscape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      handlers.current.onClose();
    };
    document.addEventListener('pointerdown', away);
    document.addEventListener('keydown', onEscape, true);
    return () => {
      document.removeEventListener('keydown', onEscape, true);
      document.removeEventListener('pointerdown', away);
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  return createPortal(
    <div ref={ref} className="emoji-picker" style={placeNear(props.anchor)} data-testid="emoji-picker" />,
    document.body,
  );
};
