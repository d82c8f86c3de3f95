/** Where post-mortems are kept as files. */
export interface Archive {
  /** Idempotent by uid; returns the location as people would look it up. */
  keep(uid: string, name: string, markdown: string): Promise<string>;
}
