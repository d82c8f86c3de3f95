import { useCallback, useState } from 'react';
import { isObject, type JsonObject } from '../slack-objects.ts';

/** What the inputs of one message or view hold: block id, then action id, then the element's state. */
export interface FormState {
  readonly values: JsonObject;
  held(blockId: string, actionId: string): JsonObject | undefined;
  set(blockId: string, actionId: string, value: JsonObject): void;
}

/** Keeps the inputs of one surface, starting with what its elements say is chosen at first. */
export const useFormState = (initial: JsonObject): FormState => {
  const [values, setValues] = useState(initial);
  const set = useCallback((blockId: string, actionId: string, value: JsonObject): void => {
    setValues((before) => {
      const block = before[blockId];
      return { ...before, [blockId]: { ...(isObject(block) ? block : {}), [actionId]: value } };
    });
  }, []);
  const held = (blockId: string, actionId: string): JsonObject | undefined => {
    const block = values[blockId];
    const value = isObject(block) ? block[actionId] : undefined;
    return isObject(value) ? value : undefined;
  };
  return { values, held, set };
};

/** What an element holds before anybody touched it. */
const initialOf = (element: JsonObject): JsonObject => {
  const type = String(element.type);
  switch (type) {
    case 'checkboxes':
    case 'multi_static_select':
      return { type, selected_options: element.initial_options ?? [] };
    case 'radio_buttons':
    case 'static_select':
      return { type, selected_option: element.initial_option ?? null };
    case 'datepicker':
      return { type, selected_date: element.initial_date ?? null };
    case 'timepicker':
      return { type, selected_time: element.initial_time ?? null };
    case 'users_select':
      return { type, selected_user: element.initial_user ?? null };
    case 'channels_select':
      return { type, selected_channel: element.initial_channel ?? null };
    case 'conversations_select':
      return { type, selected_conversation: element.initial_conversation ?? null };
    default:
      return { type, value: element.initial_value ?? null };
  }
};

const quiet = ['button', 'overflow', 'image', 'plain_text', 'mrkdwn'];

const elementsOf = (block: JsonObject): readonly JsonObject[] => {
  if (block.type === 'input') return [block.element].filter(isObject);
  const inside = block.type === 'actions' && Array.isArray(block.elements) ? block.elements : [block.accessory];
  return inside.filter(isObject).filter((element) => !quiet.includes(String(element.type)));
};

/** The values of all inputs in some blocks before anybody touched them. */
export const initialValues = (blocks: readonly JsonObject[]): JsonObject => {
  const values: Record<string, Record<string, JsonObject>> = {};
  for (const block of blocks) {
    for (const element of elementsOf(block)) {
      const of = values[String(block.block_id)] ?? {};
      values[String(block.block_id)] = { ...of, [String(element.action_id ?? '')]: initialOf(element) };
    }
  }
  return values;
};
