import type { JsonObject } from '../slack-objects.ts';
import { anyText, plainText, shape, words } from './schema-words.ts';

const { text, flag, list, oneOf, url } = words;

const id = text(255);

const confirm = shape(
  { title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30) },
  { style: oneOf('primary', 'danger') },
);

const option = (value: number, label: JsonObject = plainText(75)) =>
  shape({ text: label, value: text(value) }, { description: plainText(75), url });

const options = list(option(150), { max: 100 });
const optionGroups = list(shape({ label: plainText(75), options }), { max: 100 });
const fewOptions = list(option(150, anyText(75)), { max: 10 });

/** What every interactive element may have. */
const common = { action_id: id, confirm, focus_on_load: flag };
const menu = { ...common, placeholder: plainText(150) };
const several = { ...menu, max_selected_items: { type: 'integer', minimum: 1 } };
const optionsOrGroups = { anyOf: [{ required: ['options'] }, { required: ['option_groups'] }] };

const conversationFilter = shape(
  {},
  {
    include: list(oneOf('im', 'mpim', 'private', 'public'), { max: 4 }),
    exclude_external_shared_channels: flag,
    exclude_bot_users: flag,
  },
);
const conversationMenu = {
  default_to_current_conversation: flag,
  response_url_enabled: flag,
  filter: conversationFilter,
};

const typedInput = (more: JsonObject = {}) => ({
  action_id: id,
  placeholder: plainText(150),
  focus_on_load: flag,
  dispatch_action_config: { type: 'object' },
  ...more,
});

const slackFile = {
  type: 'object',
  properties: { id: text(255), url },
  additionalProperties: false,
  anyOf: [{ required: ['id'] }, { required: ['url'] }],
};

/** An image's source and words, as an element and as a block. */
export const imageMembers = {
  required: { alt_text: text(2000) },
  optional: { image_url: url, slack_file: slackFile },
  either: { anyOf: [{ required: ['image_url'] }, { required: ['slack_file'] }] },
} as const;

const static_select = shape(
  {},
  { ...menu, options, option_groups: optionGroups, initial_option: option(150), response_url_enabled: flag },
  optionsOrGroups,
);
const multi_static_select = shape(
  {},
  { ...several, options, option_groups: optionGroups, initial_options: options },
  optionsOrGroups,
);
const number_input = shape(
  { is_decimal_allowed: flag },
  typedInput({ initial_value: text(150), min_value: text(150), max_value: text(150) }),
);

/** Every interactive element with Slack's limits, by type. */
export const elementShapes: Readonly<Record<string, JsonObject>> = {
  button: shape(
    { text: plainText(75) },
    {
      action_id: id,
      url,
      value: text(2000),
      style: oneOf('primary', 'danger'),
      confirm,
      accessibility_label: text(75),
    },
  ),
  image: shape(imageMembers.required, imageMembers.optional, imageMembers.either),
  overflow: shape({ options: list(option(150), { max: 5 }) }, { action_id: id, confirm }),
  checkboxes: shape({ options: fewOptions }, { ...common, initial_options: fewOptions }),
  radio_buttons: shape({ options: fewOptions }, { ...common, initial_option: option(150, anyText(75)) }),
  static_select,
  multi_static_select,
  external_select: shape({}, { ...menu, initial_option: option(150), min_query_length: words.number }),
  multi_external_select: shape({}, { ...several, initial_options: options, min_query_length: words.number }),
  users_select: shape({}, { ...menu, initial_user: text(255) }),
  multi_users_select: shape({}, { ...several, initial_users: list(text(255), { max: 100, min: 0 }) }),
  conversations_select: shape({}, { ...menu, ...conversationMenu, initial_conversation: text(255) }),
  multi_conversations_select: shape({}, { ...several, ...conversationMenu, initial_conversations: { type: 'array' } }),
  channels_select: shape({}, { ...menu, initial_channel: text(255), response_url_enabled: flag }),
  multi_channels_select: shape({}, { ...several, initial_channels: { type: 'array' } }),
  datepicker: shape({}, { ...menu, initial_date: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' } }),
  timepicker: shape({}, { ...menu, initial_time: { type: 'string', pattern: '^\\d{2}:\\d{2}$' }, timezone: text(100) }),
  datetimepicker: shape({}, { ...common, initial_date_time: { type: 'integer' } }),
  plain_text_input: shape(
    {},
    typedInput({
      initial_value: text(3000, 0),
      multiline: flag,
      min_length: { type: 'integer', minimum: 0, maximum: 3000 },
      max_length: { type: 'integer', minimum: 1, maximum: 3000 },
    }),
  ),
  number_input,
  email_text_input: shape({}, typedInput({ initial_value: text(3000, 0) })),
  url_text_input: shape({}, typedInput({ initial_value: text(3000, 0) })),
};

const selects = ['static_select', 'external_select', 'users_select', 'conversations_select', 'channels_select'];
const multiSelects = selects.map((name) => `multi_${name}`);
const pickers = ['datepicker', 'timepicker'];
const choices = ['checkboxes', 'radio_buttons'];

/** Which elements may stand where. */
export const elementPlaces = {
  actions: ['button', 'overflow', 'datetimepicker', ...choices, ...pickers, ...selects],
  accessory: ['button', 'image', 'overflow', ...choices, ...pickers, ...selects, ...multiSelects],
  input: [
    'datetimepicker',
    'plain_text_input',
    'number_input',
    'email_text_input',
    'url_text_input',
    ...choices,
    ...pickers,
    ...selects,
    ...multiSelects,
  ],
} as const;
