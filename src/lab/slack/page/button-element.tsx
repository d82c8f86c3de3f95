import { useEffect, useRef } from 'react';
import { isObject } from '../slack-objects.ts';
import type { ElementProps } from './element.tsx';
import { Icon } from './icon.tsx';
import { Plain } from './mrkdwn.tsx';
import { isSafeUrl } from './mrkdwn-parser.ts';
import { wordsOf } from './text-object.tsx';

/** A `button`: it turns while the app has not yet acknowledged the click. */
export const ButtonElement = ({ element, use }: ElementProps) => {
  const url = typeof element.url === 'string' && isSafeUrl(element.url) ? element.url : undefined;
  const style = element.style === 'primary' || element.style === 'danger' ? ` button-${element.style}` : '';
  const label = typeof element.accessibility_label === 'string' ? element.accessibility_label : undefined;
  return (
    <button
      type="button"
      className={`button${style}${use.busy ? ' button-busy' : ''}`}
      aria-label={label}
      aria-busy={use.busy}
      data-testid={`button-${String(element.action_id ?? '')}`}
      onClick={() => {
        if (url !== undefined) window.open(url, '_blank', 'noopener,noreferrer');
        use.use();
      }}
    >
      <Plain text={wordsOf(element.text)} />
      {url === undefined ? null : <Icon name="link" size={14} />}
    </button>
  );
};

/** An `overflow` menu behind three dots. */
export const OverflowElement = ({ element, use }: ElementProps) => {
  const ref = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const away = (event: Event): void => {
      if (event.target instanceof Node && ref.current?.contains(event.target) !== true)
        ref.current?.removeAttribute('open');
    };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, []);
  const options = Array.isArray(element.options) ? element.options.filter(isObject) : [];
  return (
    <details ref={ref} className="overflow" data-testid={`overflow-${String(element.action_id ?? '')}`}>
      <summary className="icon-button" aria-label="More actions">
        <Icon name="more" />
      </summary>
      <div className="menu">
        {options.map((option) => (
          <button
            type="button"
            key={String(option.value)}
            className="menu-item"
            onClick={() => {
              ref.current?.removeAttribute('open');
              use.use({ option: String(option.value) });
            }}
          >
            {wordsOf(option.text)}
          </button>
        ))}
      </div>
    </details>
  );
};
