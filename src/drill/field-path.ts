import type { Json } from '../domain/json.ts';
import { stepsOf } from '../domain/json-pointer.ts';
import { valueAt } from '../domain/json-read.ts';

/** One step into an object: a key, an index, or the item of a list that has this value under this key. */
export type FieldStep = string | number | { readonly key: string; readonly is: string };

const dottedStep = /^(?:\.?([^.[\]]+)|\[(\d+)\]|\[([^=\]]+)=([^\]]*)\]|\["([^"]*)"\]|\['([^']*)'\])/;

const readStep = (match: RegExpExecArray): FieldStep => {
  const [, word, index, key, is, double, single] = match;
  if (index !== undefined) return Number(index);
  return key === undefined ? (word ?? double ?? single ?? '') : { key, is: is ?? '' };
};

const readDotted = (path: string): readonly FieldStep[] | null => {
  const steps: FieldStep[] = [];
  for (let rest = path.replace(/^\$?\./, ''); rest !== ''; ) {
    const match = dottedStep.exec(rest);
    if (match === null) return null;
    steps.push(readStep(match));
    rest = rest.slice(match[0].length);
  }
  return steps;
};

/** The steps of a JSON pointer (`/spec/replicas`) or of a dotted path (`spec.ports[0]`, `containers[name=server].image`); null when it is neither. */
export const readFieldPath = (path: string): readonly FieldStep[] | null => {
  if (path === '') return [];
  return path.startsWith('/') ? stepsOf(path) : readDotted(path);
};

const listed = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

const goTo = (value: Json | undefined, step: FieldStep): Json | undefined => {
  if (typeof step === 'object') {
    return listed(value).find((item) => String(valueAt(item, step.key)) === step.is);
  }
  const isIndex = Array.isArray(value) && /^\d+$/.test(String(step));
  return valueAt(value, isIndex ? Number(step) : String(step));
};

/** What lies at the end of a path; undefined where any step is missing, or the path cannot be read. */
export const fieldAt = (object: Json | undefined, path: string): Json | undefined =>
  readFieldPath(path)?.reduce<Json | undefined>(goTo, object);
