import { isObject, type JsonObject, present } from './slack-objects.ts';

/** What a person chose in an element that is more than a button. */
export interface PickedValue {
  /** The value of the option that was picked in a select, an overflow menu or radio buttons. */
  readonly option?: string;
  /** The values of the boxes that are ticked now, or of a multi-select. */
  readonly options?: readonly string[];
  /** A date, time, user, channel or typed text, as the element's kind wants it. */
  readonly input?: string;
}

/** An interactive element and the block that it is in. */
export interface FoundElement {
  readonly element: JsonObject;
  readonly blockId: string;
}

const elementsOf = (block: JsonObject): readonly JsonObject[] => {
  const list = Array.isArray(block.elements) ? block.elements.filter(isObject) : [];
  return [...list, ...[block.accessory, block.element].filter(isObject)];
};

/** The element with this action id, in the given block or in the first that has one. */
export const findElement = (
  blocks: readonly JsonObject[],
  wanted: { readonly actionId: string; readonly blockId?: string },
): FoundElement | undefined => {
  for (const block of blocks) {
    const blockId = String(block.block_id ?? '');
    if (wanted.blockId !== undefined && wanted.blockId !== blockId) continue;
    const element = elementsOf(block).find((candidate) => candidate.action_id === wanted.actionId);
    if (element !== undefined) return { element, blockId };
  }
  return undefined;
};

const optionsOf = (element: JsonObject): readonly JsonObject[] => {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isObject) : [];
  return [element, ...groups].flatMap((holder) =>
    Array.isArray(holder.options) ? holder.options.filter(isObject) : [],
  );
};

const inputNames: Readonly<Record<string, string>> = {
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  users_select: 'selected_user',
  conversations_select: 'selected_conversation',
  channels_select: 'selected_channel',
  plain_text_input: 'value',
  number_input: 'value',
  email_text_input: 'value',
  url_text_input: 'value',
};

/** What an element adds to its action when used: a button's text and value, a select's chosen option, and so on. */
export const pickedFields = (element: JsonObject, picked: PickedValue): JsonObject => {
  if (element.type === 'button') return present({ text: element.text, value: element.value, style: element.style });
  const byValue = (value: string) => optionsOf(element).find((option) => option.value === value);
  const inputName = inputNames[String(element.type)];
  if (inputName !== undefined) return { [inputName]: picked.input ?? null };
  if (picked.options !== undefined) return { selected_options: picked.options.map(byValue).filter(isObject) };
  return { selected_option: picked.option === undefined ? null : (byValue(picked.option) ?? null) };
};
