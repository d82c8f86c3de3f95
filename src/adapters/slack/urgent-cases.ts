import type { CaseStore } from '../../ports/case-store.ts';
import type { Clock } from '../../ports/clock.ts';

interface UrgentDeps {
  readonly cases: Pick<CaseStore, 'open'>;
  readonly clock: Clock;
}

/** Who is urgent is asked at every pass, and a thousand open cases take a while to list. */
const knownForMs = 1_000;

const urgentAmong = async ({ cases }: UrgentDeps): Promise<ReadonlySet<string>> =>
  new Set(
    (await cases.open())
      .filter(({ phase, closure }) => phase === 'awaiting_approval' || closure?.outcome === 'escalated')
      .map(({ incident }) => incident.uid),
  );

/** Names the cases that ask people for something; an answer holds for a second. */
export const createUrgentCases = (deps: UrgentDeps): (() => Promise<ReadonlySet<string>>) => {
  let known: { readonly uids: ReadonlySet<string>; readonly atMs: number } | undefined;
  return async () => {
    const nowMs = deps.clock.nowMs();
    if (known === undefined || Math.abs(nowMs - known.atMs) >= knownForMs)
      known = { uids: await urgentAmong(deps), atMs: nowMs };
    return known.uids;
  };
};
