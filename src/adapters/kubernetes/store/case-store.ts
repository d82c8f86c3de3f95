import { BotError } from '../../../domain/bot-error.ts';
import type { CaseFile, CaseSummary } from '../../../domain/case-file.ts';
import type { CaseStore } from '../../../ports/case-store.ts';
import { incidentName } from './incident-object.ts';
import type { StoreParts } from './store-parts.ts';

const handleCharsMin = 4;

const byNumber = (left: CaseSummary, right: CaseSummary): number => left.incident.number - right.incident.number;

/**
 * The case store in the API server: one Incident a case. Single cases are read from the server itself; lists come from the
 * watch, which knows this replica's own writes at once and those of others as soon as the server tells.
 */
export const createCaseStore = ({
  chest,
  cases: mirror,
  records,
}: Pick<StoreParts, 'chest' | 'cases' | 'records'>): CaseStore => {
  /** Numbers are never used twice; one may be left out when a replica dies between taking it and using it. */
  const takeNumber = async (): Promise<number> => {
    const newest = mirror.all().reduce((most, { incident }) => Math.max(most, incident.number), 0);
    const taken = await records.change(
      'counter',
      'incident',
      (now) => `${Math.max(Number(now?.value ?? 0), newest) + 1}`,
    );
    return Number(taken?.value);
  };

  const uidOf = (handle: string): string | undefined => {
    const text = handle.trim().toLowerCase();
    const number = /^(?:inc-)?(\d{1,9})$/.exec(text)?.[1];
    if (number !== undefined)
      return mirror.all().find(({ incident }) => incident.number === Number(number))?.incident.uid;
    if (text.length < handleCharsMin) return undefined;
    const found = mirror.all().filter(({ incident }) => incidentName(incident.uid).startsWith(text));
    return found.length === 1 ? found[0]?.incident.uid : undefined;
  };

  return {
    create: async (file, note) => {
      const { uid } = file.incident;
      const taken = new BotError('exists', `case ${uid} exists already`);
      if ((await chest.raw(uid)) !== null) throw taken;
      const number = await takeNumber();
      const stored = await chest.add({ ...file, version: 1, incident: { ...file.incident, number } }, note);
      if (stored === null) throw taken;
      return stored;
    },
    read: (uid) => chest.load(uid),
    replace: (file: CaseFile, note) => chest.turn(file, note),
    open: async () =>
      mirror
        .all()
        .filter(({ rememberedAt }) => rememberedAt === undefined)
        .sort(byNumber),
    recent: async (limit) => [...mirror.all()].sort((left, right) => byNumber(right, left)).slice(0, limit),
    find: async (handle) => {
      const uid = uidOf(handle);
      return uid === undefined ? null : chest.load(uid);
    },
    subscribe: (listener) =>
      mirror.subscribe((now) => {
        if (now !== undefined) listener(now.incident.uid);
      }),
  };
};
