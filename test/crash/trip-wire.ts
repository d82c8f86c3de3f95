import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Stores } from '../../src/ports/stores.ts';

/** Told of each page boundary right before and right after it; may not return. */
export type Meet = (boundary: string) => void;

const guard =
  <Args extends readonly unknown[], Result>(
    meet: Meet,
    method: (...args: Args) => Promise<Result>,
    labelOf: (...args: Args) => string,
  ) =>
  async (...args: Args): Promise<Result> => {
    const label = labelOf(...args);
    meet(`before ${label}`);
    const result = await method(...args);
    meet(`after ${label}`);
    return result;
  };

/** The second attempt of a case is no other kind of place than the first. */
const unnumbered = (key: string): string => key.replace(/\d+/g, '#');

/** The stores with a wire across every write. */
export const withTripWire = (stores: Stores, meet: Meet): Stores => {
  const { cases, inbox, journal, shown, seen, settings, memories, changes } = stores;
  return {
    ...stores,
    cases: {
      ...cases,
      create: guard(meet, cases.create, (_file, note) => `page ${note?.verb}`),
      replace: guard(meet, cases.replace, (_file, note) => `page ${note?.verb}`),
    },
    inbox: {
      ...inbox,
      accept: guard(meet, inbox.accept, () => 'inbox accept'),
      assign: guard(meet, inbox.assign, () => 'inbox assign'),
    },
    journal: { ...journal, append: guard(meet, journal.append, ({ verb }) => `journal ${verb}`) },
    shown: { ...shown, put: guard(meet, shown.put, ({ key }) => `shown ${unnumbered(key)}`) },
    seen: {
      ...seen,
      first: guard(meet, seen.first, (key) => `seen ${key.split(':')[0]}`),
      release: guard(meet, seen.release, (key) => `seen again ${key.split(':')[0]}`),
    },
    settings: { ...settings, set: guard(meet, settings.set, (key) => `setting ${key}`) },
    memories: { ...memories, put: guard(meet, memories.put, () => 'memory') },
    changes: { ...changes, put: guard(meet, changes.put, () => 'change') },
  };
};

/** Ends this very process at each boundary that the file at `path` does not list yet, and lists it first. */
export const killAtNewBoundaries = (path: string): Meet => {
  const known = new Set(existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []);
  return (boundary) => {
    if (known.has(boundary)) return;
    known.add(boundary);
    appendFileSync(path, `${boundary}\n`);
    process.kill(process.pid, 'SIGKILL');
    // The signal may take a moment, and nothing may happen in it.
    for (;;);
  };
};
