/** Small durable settings that people change at run time (the mode). */
export interface Settings {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  /** Called with the key of each setting that was set, here or by another replica. Returns the way to unsubscribe. */
  subscribe(listener: (key: string) => void): () => void;
}
