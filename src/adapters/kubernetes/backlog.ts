import type { ChangeData } from '../../domain/evidence.ts';
import type { ChangeRecords } from '../../ports/change-log.ts';
import type { Log } from '../../ports/log.ts';

const waitingMax = 500;

/** Puts changes into their records in order, and keeps those that could not be put for the next time. */
export interface Backlog {
  /** Never throws. `origin` names the write that the changes are of. */
  put(changes: ChangeData, origin: string): Promise<void>;
}

/** A store that is down for a while loses no change; when more than 500 wait, the oldest go and the log says so. */
export const createBacklog = (records: ChangeRecords, log: Log): Backlog => {
  const waiting: { readonly changes: ChangeData; readonly origin: string }[] = [];
  let working = Promise.resolve();

  const drain = async (): Promise<void> => {
    try {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        await records.put(next.changes, next.origin);
        waiting.shift();
      }
    } catch (error) {
      log.error({ err: error, waiting: waiting.length }, 'the flight recorder cannot store changes');
    }
  };

  return {
    put: (changes, origin) => {
      waiting.push({ changes, origin });
      if (waiting.length > waitingMax) log.error({ lost: waiting.shift() }, 'the flight recorder lost a change');
      working = working.then(drain);
      return working;
    },
  };
};
