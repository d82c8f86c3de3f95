import type { Json } from './json.ts';

const mark = 'hidden:';

/** What stands in the place of a value that must not be shown: a digest tells that it changed, never what it is. */
export const hiddenValue = (digest: string): string => `${mark}${digest}`;

/** True when a value, or anything inside it, was hidden: it must never be written back. */
export const holdsHidden = (value: Json | undefined): boolean => {
  if (typeof value === 'string') return value.includes(mark);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsHidden);
};
