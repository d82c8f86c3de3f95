import type { StoreEvent } from './kube-store.ts';

/** The ordered history of changes: hands each to every listener, once and in order, and keeps the newest for resumption. */
export interface EventLog {
  revision(): number;
  /** Notes a change and takes the next revision. Listeners hear of it at the next `deliver`. */
  append(event: StoreEvent): void;
  deliver(): void;
  watch(listener: (event: StoreEvent) => void): () => void;
  since(revision: number): readonly StoreEvent[] | null;
}

interface Numbered {
  readonly revision: number;
  readonly event: StoreEvent;
}

/** Makes a history that keeps at most `historyMax` changes. */
export const createEventLog = (historyMax: number): EventLog => {
  let revision = 0;
  let kept: Numbered[] = [];
  const undelivered: StoreEvent[] = [];
  let delivering = false;
  const listeners = new Set<(event: StoreEvent) => void>();

  const trim = (): void => {
    // Trimming in large steps keeps the cost of a write constant.
    if (kept.length > historyMax * 1.25) kept = kept.slice(-historyMax);
  };

  const deliver = (): void => {
    // A listener may write: its change waits here, so that every listener sees the same order.
    if (delivering) return;
    delivering = true;
    try {
      for (let event = undelivered.shift(); event !== undefined; event = undelivered.shift()) {
        for (const listener of [...listeners]) listener(event);
      }
    } finally {
      delivering = false;
    }
  };

  return {
    revision: () => revision,
    append: (event) => {
      revision += 1;
      kept.push({ revision, event });
      undelivered.push(event);
      trim();
    },
    deliver,
    watch: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    since: (from) => {
      const oldest = kept[0]?.revision ?? revision + 1;
      if (from < oldest - 1) return null;
      return kept.filter((entry) => entry.revision > from).map((entry) => entry.event);
    },
  };
};
