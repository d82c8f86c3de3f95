import type { FieldChange } from './evidence.ts';

/** Who made a change, as the subject of a sentence; with the time in which it was made when nobody watched. */
export const writerInWords = ({
  manager,
  at,
  unwatchedSince,
}: Pick<FieldChange, 'manager' | 'at' | 'unwatchedSince'>): string => {
  if (unwatchedSince === undefined) return manager;
  const who = manager === 'unknown' ? 'somebody' : manager;
  return `${who}, between ${unwatchedSince} and ${at} while nobody watched,`;
};
