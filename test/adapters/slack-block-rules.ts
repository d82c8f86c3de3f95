import type { KnownBlock } from '@slack/types';

type Loose = Readonly<Record<string, unknown>>;

const lengthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null && typeof (value as Loose).text === 'string'
    ? ((value as Loose).text as string).length
    : 0;

const within = (name: string, length: number, most: number): readonly string[] =>
  length > most ? [`${name} is ${length} long, at most ${most}`] : [];

const buttonTroubles = (element: Loose): readonly string[] => {
  const confirm = element.confirm as Loose | undefined;
  return [
    ...within('button text', lengthOf(element.text), 75),
    ...(lengthOf(element.text) === 0 ? ['button text is empty'] : []),
    ...within('button value', String(element.value ?? '').length, 2_000),
    ...within('action_id', String(element.action_id ?? '').length, 255),
    ...within('accessibility_label', String(element.accessibility_label ?? '').length, 75),
    ...(confirm === undefined
      ? []
      : [
          ...within('confirm title', lengthOf(confirm.title), 100),
          ...within('confirm text', lengthOf(confirm.text), 300),
          ...within('confirm', lengthOf(confirm.confirm), 30),
          ...within('deny', lengthOf(confirm.deny), 30),
        ]),
  ];
};

const blockTroubles = (block: Loose): readonly string[] => {
  const elements = (block.elements ?? []) as readonly Loose[];
  switch (block.type) {
    case 'section':
      return [
        ...within('section text', lengthOf(block.text), 3_000),
        ...(lengthOf(block.text) === 0 ? ['section text is empty'] : []),
      ];
    case 'header':
      return within('header text', lengthOf(block.text), 150);
    case 'context':
      return [
        ...within('context elements', elements.length, 10),
        ...elements.flatMap((element) => within('context text', String(element.text).length, 2_000)),
        ...(elements.some((element) => element.text === '') ? ['context text is empty'] : []),
      ];
    case 'actions':
      return [...within('actions', elements.length, 25), ...elements.flatMap(buttonTroubles)];
    case 'image':
      return [
        ...within('alt_text', String(block.alt_text).length, 2_000),
        ...within('image title', lengthOf(block.title), 2_000),
      ];
    case 'divider':
      return [];
    default:
      return [`a block of type ${String(block.type)} is not expected`];
  }
};

/** What Slack would refuse about these blocks, by its documented limits; empty when it would take them. */
export const slackTroubles = (
  shown: { readonly text?: string; readonly blocks: readonly object[] },
  blocksMax = 50,
): readonly string[] => [
  ...within('blocks', shown.blocks.length, blocksMax),
  ...within('text', shown.text?.length ?? 0, 4_000),
  ...(shown.text === '' ? ['text is empty'] : []),
  ...shown.blocks.flatMap((block) => blockTroubles(block as Loose)),
];

/** Everything that Slack parses as markup, in one string. */
export const markupOf = (shown: { readonly text?: string; readonly blocks: readonly object[] }): readonly string[] => [
  ...(shown.text === undefined ? [] : [shown.text]),
  ...(shown.blocks as readonly KnownBlock[]).flatMap((block) => {
    if (block.type === 'section' && block.text?.type === 'mrkdwn') return [block.text.text];
    if (block.type === 'context')
      return block.elements.flatMap((element) => (element.type === 'mrkdwn' ? [element.text] : []));
    return [];
  }),
];

/** Mentions, links and dates in markup: everything between angle brackets. */
export const tagsOf = (markup: string): readonly string[] =>
  [...markup.matchAll(/<([^>]*)>/g)].map((match) => match[1] ?? '');
