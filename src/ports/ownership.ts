/** Which replica acts for which incident. A bot that is alone owns everything, always. */
export interface Ownership {
  /** Whether this replica may act for a key (an incident's uid, or `inbox`) now. False as soon as its lease might have run out. */
  owns(key: string): boolean;
  /** Since when this replica has owned a key without a break, epoch ms by its own clock; null when it does not own it. */
  ownedSinceMs(key: string): number | null;
  /** What acts on the world outside and began while its key was owned must have ended, one way or another, within this time. */
  readonly actMsMax: number;
  /** Called when keys may have been gained or lost. Returns the way to unsubscribe. */
  subscribe(listener: () => void): () => void;
  start(): Promise<void>;
  /** Gives up what is owned, so that another replica can go on at once. */
  stop(): Promise<void>;
}

/** The ownership of a bot that is alone. */
export const soleOwner: Ownership = {
  owns: () => true,
  ownedSinceMs: () => 0,
  actMsMax: Number.POSITIVE_INFINITY,
  subscribe: () => () => undefined,
  start: async () => undefined,
  stop: async () => undefined,
};
