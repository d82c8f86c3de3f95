/** Runs work one after the other within a lane, and lanes side by side. */
export interface SerialLanes {
  /** Settles as the work does; the lane goes on whatever happens. */
  run(lane: string, work: () => Promise<void>): Promise<void>;
  /** Resolves when everything that was given so far has ended. */
  drained(): Promise<void>;
}

/** Lanes that exist as long as there is work in them. */
export const createSerialLanes = (): SerialLanes => {
  const ends = new Map<string, Promise<void>>();
  return {
    run: (lane, work) => {
      const done = (ends.get(lane) ?? Promise.resolve()).then(work);
      const end = done
        .catch(() => undefined)
        .then(() => {
          if (ends.get(lane) === end) ends.delete(lane);
        });
      ends.set(lane, end);
      return done;
    },
    drained: async () => {
      await Promise.all(ends.values());
    },
  };
};
