import { useId } from 'react';
import type { Snapshot } from '../page-protocol.ts';
import { isObject, type JsonObject } from '../slack-objects.ts';
import type { ElementProps } from './element.tsx';
import { usePage } from './page-context.ts';
import { useSurface } from './surface.ts';
import { TextObject, wordsOf } from './text-object.tsx';

const objects = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

const allOptions = (element: JsonObject): readonly JsonObject[] => [
  ...objects(element.options),
  ...objects(element.option_groups).flatMap((group) => objects(group.options)),
];

/** Checkboxes, radio buttons, and menus of which several may be chosen: all as lists with boxes. */
export const ChoiceElement = ({ element, blockId, use, label }: ElementProps) => {
  const name = useId();
  const { form } = useSurface();
  const state = form.held(blockId, String(element.action_id ?? '')) ?? {};
  const isRadio = element.type === 'radio_buttons';
  const chosen = isRadio ? [state.selected_option].filter(isObject) : objects(state.selected_options);
  const isChosen = (option: JsonObject): boolean => chosen.some((other) => other.value === option.value);

  const toggle = (option: JsonObject): void => {
    if (isRadio) {
      use.use({ option: String(option.value), state: { type: element.type, selected_option: option } });
      return;
    }
    const next = isChosen(option) ? chosen.filter((other) => other.value !== option.value) : [...chosen, option];
    use.use({
      options: next.map((other) => String(other.value)),
      state: { type: element.type, selected_options: next },
    });
  };

  return (
    <fieldset className="choices" data-testid={`choices-${String(element.action_id ?? '')}`}>
      <legend className="visually-hidden">{label ?? (wordsOf(element.placeholder) || 'Options')}</legend>
      {allOptions(element).map((option) => (
        <label key={String(option.value)} className="choice">
          <input
            type={isRadio ? 'radio' : 'checkbox'}
            name={name}
            checked={isChosen(option)}
            onChange={() => toggle(option)}
          />
          <span>
            <TextObject value={option.text} />
            {isObject(option.description) ? <small className="quiet">{wordsOf(option.description)}</small> : null}
          </span>
        </label>
      ))}
    </fieldset>
  );
};

const option = (value: string, text: string): JsonObject => ({ value, text: { type: 'plain_text', text } });

const listOf = (element: JsonObject, world: Snapshot): readonly JsonObject[] => {
  if (element.type === 'users_select') return world.users.map((user) => option(user.id, user.realName));
  if (element.type === 'static_select') return objects(element.options);
  return world.channels
    .filter((channel) => channel.kind === 'channel')
    .map((channel) => option(channel.id, `#${channel.name}`));
};

const stateNames: Readonly<Record<string, string>> = {
  users_select: 'selected_user',
  channels_select: 'selected_channel',
  conversations_select: 'selected_conversation',
};

const Option = ({ value }: { readonly value: JsonObject }) => (
  <option value={String(value.value)}>{wordsOf(value.text)}</option>
);

/** A menu of which one is chosen: of given options, of people or of channels. */
export const SelectElement = ({ element, blockId, use, label }: ElementProps) => {
  const { world } = usePage();
  const { form } = useSurface();
  const state = form.held(blockId, String(element.action_id ?? '')) ?? {};
  const options = listOf(element, world);
  const stateName = stateNames[String(element.type)];
  const chosen =
    stateName === undefined ? isObject(state.selected_option) && state.selected_option.value : state[stateName];

  const choose = (value: string): void => {
    if (stateName !== undefined) {
      use.use({ input: value, state: { type: element.type, [stateName]: value } });
      return;
    }
    const picked = allOptions(element).find((candidate) => candidate.value === value) ?? null;
    use.use({ option: value, state: { type: element.type, selected_option: picked } });
  };

  return (
    <select
      className="field select"
      aria-label={label ?? (wordsOf(element.placeholder) || 'Choose')}
      data-testid={`select-${String(element.action_id ?? '')}`}
      value={typeof chosen === 'string' ? chosen : ''}
      onChange={(event) => choose(event.target.value)}
    >
      <option value="" disabled>
        {wordsOf(element.placeholder) || 'Choose…'}
      </option>
      {options.map((entry) => (
        <Option key={String(entry.value)} value={entry} />
      ))}
      {objects(element.option_groups).map((group) => (
        <optgroup key={wordsOf(group.label)} label={wordsOf(group.label)}>
          {objects(group.options).map((entry) => (
            <Option key={String(entry.value)} value={entry} />
          ))}
        </optgroup>
      ))}
    </select>
  );
};
