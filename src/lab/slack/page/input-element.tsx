import type { ElementProps } from './element.tsx';
import { useSurface } from './surface.ts';
import { wordsOf } from './text-object.tsx';

const inputTypes: Readonly<Record<string, string>> = {
  datepicker: 'date',
  timepicker: 'time',
  number_input: 'number',
  email_text_input: 'email',
  url_text_input: 'url',
};

const stateNames: Readonly<Record<string, string>> = { datepicker: 'selected_date', timepicker: 'selected_time' };

/** Everything that is typed: words, numbers, addresses, dates and times. */
export const InputElement = ({ element, blockId, use, label }: ElementProps) => {
  const { form } = useSurface();
  const type = String(element.type);
  const actionId = String(element.action_id ?? '');
  const stateName = stateNames[type] ?? 'value';
  const state = form.held(blockId, actionId)?.[stateName];
  const value = typeof state === 'string' ? state : '';
  const maxLength = typeof element.max_length === 'number' ? element.max_length : 3000;

  const change = (text: string): void => {
    const next = { type, [stateName]: text === '' ? null : text };
    // Dates and times are whole at once; words are sent only with their form.
    if (stateName === 'value') form.set(blockId, actionId, next);
    else use.use({ input: text, state: next });
  };
  const common = {
    className: 'field',
    value,
    'aria-label': label ?? (wordsOf(element.placeholder) || 'Text'),
    'data-testid': `input-${actionId}`,
    placeholder: wordsOf(element.placeholder),
    autoFocus: element.focus_on_load === true,
  };

  if (element.multiline === true)
    return <textarea {...common} rows={4} maxLength={maxLength} onChange={(event) => change(event.target.value)} />;
  return (
    <input
      {...common}
      type={inputTypes[type] ?? 'text'}
      step={element.is_decimal_allowed === true ? 'any' : undefined}
      min={typeof element.min_value === 'string' ? element.min_value : undefined}
      max={typeof element.max_value === 'string' ? element.max_value : undefined}
      maxLength={maxLength}
      onChange={(event) => change(event.target.value)}
    />
  );
};
