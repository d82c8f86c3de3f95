const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

const wordsMax = 50;
const quotes = /"([^"]*)"|\u201c([^\u201d]*)\u201d|'([^']*)'|(\S+)/g;

/** The words that a person typed after `/sre`; quoted words (straight or curly quotes) stay together. At most 50. */
export const commandWords = (text: string): readonly string[] => {
  const typed = text.replace(/&(lt|gt|amp);/g, (found) => entities[found] ?? found);
  return [...typed.matchAll(quotes)]
    .slice(0, wordsMax)
    .map(([, straight, curly, single, bare]) => straight ?? curly ?? single ?? bare ?? '');
};

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** The name that a mistyped word probably means; null when none is near. */
export const nearestName = (word: string, names: readonly string[]): string | null => {
  const typed = word.toLowerCase().slice(0, 40);
  const [best] = names
    .map((name) => ({ name, steps: name.startsWith(typed) && typed.length > 1 ? 1 : distance(typed, name) }))
    .sort((a, b) => a.steps - b.steps);
  return best !== undefined && best.steps <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : null;
};
