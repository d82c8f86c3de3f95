import type { KubeObject } from './kube-object.ts';
import type { StoreEvent } from './kube-store.ts';

/** A change with the state before it, so that a watch by labels can tell a leaving object from a stranger. */
export interface RecordedEvent extends StoreEvent {
  readonly previous?: KubeObject | undefined;
}

/** The ordered history of changes: hands each to every listener, once and in order, and keeps the newest for resumption. */
interface EventLog {
  revision(): number;
  /** Notes a change and takes the next revision. Listeners hear of it at the next `deliver`. */
  append(event: RecordedEvent): void;
  deliver(): void;
  watch(listener: (event: RecordedEvent) => void): () => void;
  since(revision: number): readonly RecordedEvent[] | null;
}

interface Numbered {
  readonly revision: number;
  readonly event: RecordedEvent;
}

/** Makes a history that keeps at most `historyMax` changes. */
export const createEventLog = (historyMax: number): EventLog => {
  let revision = 0;
  let kept: Numbered[] = [];
  const undelivered: RecordedEvent[] = [];
  let delivering = false;
  const listeners = new Set<(event: RecordedEvent) => void>();

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
