/** What was used last, at most so many; the rest is forgotten. */
export interface RecentCache<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  forget(key: string): void;
}

/** A cache that forgets what was not used for longest. */
export const createRecentCache = <Value>(max: number): RecentCache<Value> => {
  const values = new Map<string, Value>();
  const set = (key: string, value: Value): void => {
    values.delete(key);
    values.set(key, value);
    const [oldest] = values.keys();
    if (values.size > max && oldest !== undefined) values.delete(oldest);
  };
  return {
    get: (key) => {
      const value = values.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
    forget: (key) => {
      values.delete(key);
    },
  };
};
