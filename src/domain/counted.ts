/** `1 pod`, `2 pods`: a count with its noun, which takes an s in the plural. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
