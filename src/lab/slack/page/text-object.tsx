import { isObject } from '../slack-objects.ts';
import { Mrkdwn, Plain } from './mrkdwn.tsx';

/** The words of a text object, or the empty string. */
export const wordsOf = (value: unknown): string =>
  isObject(value) && typeof value.text === 'string' ? value.text : '';

/** A `plain_text` or `mrkdwn` object. */
export const TextObject = ({ value }: { readonly value: unknown }) => {
  if (!isObject(value)) return null;
  if (value.type === 'mrkdwn') return <Mrkdwn text={wordsOf(value)} />;
  return <Plain text={wordsOf(value)} emoji={value.emoji !== false} />;
};
