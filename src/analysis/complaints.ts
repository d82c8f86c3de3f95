import type { LogData, LogPattern } from '../domain/evidence.ts';
import type { Scene, Seen } from './scene.ts';

/** A log in which a workload complains of something, and the pattern in which it does. */
export interface Complaint {
  readonly log: Seen<LogData>;
  readonly pattern: LogPattern;
}

/** What the workload's log says more often than before in words like these; undefined when it does not. */
export const complaintOf = (scene: Scene, workload: string, words: RegExp): Complaint | undefined => {
  const log = scene.logs(workload);
  const pattern = log?.data.patterns.find(
    ({ template, example, count, countBefore }) => count > countBefore && (words.test(template) || words.test(example)),
  );
  return log === undefined || pattern === undefined ? undefined : { log, pattern };
};

/** Whether a name is that of a data store: by the words that people give them. */
export const namesStore = (name: string): boolean =>
  /redis|valkey|mysql|maria|postgres|pgsql|mongo|memcache|cassandra|database|(^|[_-])db([_-]|$)|sql/i.test(name);
