import { isObject, type JsonObject } from '../slack-objects.ts';

/** An object inside blocks, and its json-pointer below `/blocks`. */
export interface Place {
  readonly object: JsonObject;
  readonly pointer: string;
}

const children = (value: unknown, pointer: string): readonly Place[] => {
  if (Array.isArray(value)) return value.flatMap((item, index) => children(item, `${pointer}/${index}`));
  if (!isObject(value)) return [];
  const inner = Object.entries(value).flatMap(([key, member]) => children(member, `${pointer}/${key}`));
  return [{ object: value, pointer }, ...inner];
};

/** Every object inside some blocks, outermost first. */
export const placesIn = (blocks: readonly JsonObject[]): readonly Place[] => children(blocks, '');

/** The characters that people would read in some blocks, counted as Slack does for its hidden total: all `text` members. */
export const charactersIn = (blocks: readonly JsonObject[]): number =>
  placesIn(blocks).reduce((sum, { object }) => sum + (typeof object.text === 'string' ? object.text.length : 0), 0);
