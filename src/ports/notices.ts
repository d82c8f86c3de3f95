/** What people must know that concerns no single incident, in one sentence. The same kind is told at most once in a while. */
export interface Notices {
  tell(kind: string, text: string): void;
}
