import data from '@emoji-mart/data';

/** Everything known about emoji, under the names that Slack uses too. */
export const emojiData = data as {
  readonly emojis: Readonly<
    Record<string, { readonly name: string; readonly skins: readonly { readonly native: string }[] }>
  >;
  readonly aliases: Readonly<Record<string, string>>;
};

/** The characters of a short name such as `white_check_mark`; undefined when there is no such emoji. */
export const emojiOf = (shortName: string): string | undefined => {
  const name = shortName.split('::')[0] ?? '';
  const id = emojiData.aliases[name] ?? name;
  return Object.hasOwn(emojiData.emojis, id) ? emojiData.emojis[id]?.skins[0]?.native : undefined;
};
