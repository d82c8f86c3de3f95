import { writerInWords } from '../../domain/change-words.ts';
import type { Context } from '../../domain/context.ts';
import type { Evidence, FieldChange } from '../../domain/evidence.ts';
import type { Json } from '../../domain/json.ts';
import { shortName } from '../../domain/workload.ts';

const wordCharsMax = 60;

/** A value short enough for a sentence; `nothing` where there was none. */
export const shown = (value: Json | undefined): string => {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > wordCharsMax ? `${text.slice(0, wordCharsMax - 1)}…` : text;
};

/** ` (E7)` for the first evidence that a test finds, else nothing. */
export const cite = (context: Context, isIt: (evidence: Evidence) => boolean): string => {
  const found = context.evidence.find((evidence) => evidence.outcome === 'found' && isIt(evidence));
  return found === undefined ? '' : ` (${found.id})`;
};

/** Finds the evidence that holds a recorded change. */
export const holdsChange =
  (change: FieldChange) =>
  ({ data }: Evidence): boolean =>
    data?.kind === 'change' &&
    data.changes.some(
      ({ path, at, object }) =>
        path === change.path &&
        at === change.at &&
        object.kind === change.object.kind &&
        object.name === change.object.name,
    );

/** `kubectl-edit set /spec/replicas of deployment/cart from 2 to 0 at 18:30:05 (E7)`. */
export const tellChange = (change: FieldChange, context: Context): string => {
  const time = change.unwatchedSince === undefined ? ` at ${change.at.slice(11, 19)}` : '';
  const values = `from ${shown(change.before)} to ${shown(change.after)}`;
  return `${writerInWords(change)} set ${change.path} of ${shortName(change.object)} ${values}${time}${cite(context, holdsChange(change))}`;
};
