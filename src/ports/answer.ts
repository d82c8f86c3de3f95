/** What a source answered: something, nothing, or no answer at all. `query` can be asked again by a person. */
export type Answer<T> =
  | { readonly outcome: 'found'; readonly value: T; readonly query: string; readonly link?: string }
  | {
      readonly outcome: 'empty';
      readonly query: string;
      readonly link?: string;
      /** What this silence does not speak of, as a sentence. */
      readonly caveat?: string;
    }
  | { readonly outcome: 'unreachable'; readonly query: string; readonly reason: string };
