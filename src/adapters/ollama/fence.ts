import { limits } from '../../limits.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not reach a prompt
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Puts text from outside between two marks that it cannot know or imitate: `nonce` is fresh for each question, and anything
 * inside that looks like a mark, or hides in control characters, is made harmless. Bounded to promptCharsMax.
 */
export const fence = (data: string, nonce: string): string => {
  const harmless = data
    .slice(0, limits.promptCharsMax)
    .replace(controls, ' ')
    .replaceAll(nonce, '')
    .replace(/<(\/?)\s*evidence/gi, '($1evidence');
  return `<evidence-${nonce}>\n${harmless}\n</evidence-${nonce}>`;
};

/** Twelve characters from an injected source of randomness (0..1). */
export const nonceOf = (random: () => number): string =>
  Array.from({ length: 12 }, () => Math.floor(random() * 36).toString(36)).join('');
