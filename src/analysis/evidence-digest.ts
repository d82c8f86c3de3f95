import type { Evidence } from '../domain/evidence.ts';
import { limits } from '../limits.ts';

const lineOf = ({ id, kind, outcome, subject, observation }: Evidence): string =>
  `${id} [${kind}${outcome === 'found' ? '' : `, ${outcome}`}] ${subject}: ${observation.replace(/\s+/g, ' ')}`;

/** Numbered evidence as text for a model, a line each, `chosen` first and whole lines only, at most promptCharsMax characters. */
export const evidenceDigest = (
  evidence: readonly Evidence[],
  chosen: readonly string[],
  charsMax: number = limits.promptCharsMax,
): string => {
  const first = new Set(chosen);
  const ordered = [...evidence.filter(({ id }) => first.has(id)), ...evidence.filter(({ id }) => !first.has(id))];
  const lines: string[] = [];
  let chars = 0;
  for (const one of ordered) {
    const line = lineOf(one);
    chars += line.length + 1;
    if (chars > charsMax) break;
    lines.push(line);
  }
  return lines.join('\n');
};
