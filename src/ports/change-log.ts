import type { ChangeData } from '../domain/evidence.ts';
import type { Instant } from '../domain/json.ts';
import type { Answer } from './answer.ts';

/** The flight recorder's memory: field-level changes of watched objects, oldest first, the bot's own writes included. */
export interface ChangeLog {
  since(namespace: string, at: Instant): Promise<Answer<readonly ChangeData[]>>;
}

/** Where the flight recorder keeps its ring of changes, bounded by changesMax. */
export interface ChangeRecords {
  /** `origin` names the write that they are of: what several watchers saw of one write is kept once. */
  put(changes: ChangeData, origin?: string): Promise<void>;
  since(namespace: string, at: Instant): Promise<readonly ChangeData[]>;
}
