/** A label set; the metric's name rides as `__name__`, as Prometheus keeps it. */
export type Labels = Readonly<Record<string, string>>;

/** Orders texts by their code units, as Prometheus and Loki order labels. */
export const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** What follows from a label set alone, computed once for each: a range query meets the same ones at every step. */
export const rememberedOf = <T>(compute: (labels: Labels) => T): ((labels: Labels) => T) => {
  const known = new WeakMap<Labels, { readonly value: T }>();
  return (labels) => {
    const found = known.get(labels);
    if (found !== undefined) return found.value;
    const value = compute(labels);
    known.set(labels, { value });
    return value;
  };
};

/** A text that two label sets share exactly when they are equal; empty values count as absent. */
export const keyOfLabels: (labels: Labels) => string = rememberedOf((labels) =>
  JSON.stringify(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .sort(([left], [right]) => byText(left, right)),
  ),
);

/** The labels whose names pass. */
export const pickLabels = (labels: Labels, keep: (name: string) => boolean): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name, value]) => value !== '' && keep(name)));

/** Everything but the metric's name. */
export const withoutName: (labels: Labels) => Labels = rememberedOf((labels) =>
  pickLabels(labels, (name) => name !== '__name__'),
);

/** One label condition of a selector. */
export interface Matcher {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A pattern in RE2's syntax, anchored at both ends as Prometheus and Loki do it. Throws SyntaxError where JavaScript cannot follow. */
export const anchoredPattern = (pattern: string): RegExp => {
  const ignoreCase = pattern.startsWith('(?i)');
  return new RegExp(`^(?:${ignoreCase ? pattern.slice(4) : pattern})$`, ignoreCase ? 'is' : 's');
};

/** Compiles matchers to one predicate. An absent label matches as the empty string. */
export const matchLabels = (matchers: readonly Matcher[]): ((labels: Labels) => boolean) => {
  const tests = matchers.map(({ name, op, value }) => {
    const pattern = op === '=~' || op === '!~' ? anchoredPattern(value) : undefined;
    const wanted = op === '=' || op === '=~';
    return (labels: Labels): boolean => {
      const actual = labels[name] ?? '';
      return (pattern === undefined ? actual === value : pattern.test(actual)) === wanted;
    };
  });
  return (labels) => tests.every((test) => test(labels));
};
