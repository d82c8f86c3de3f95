import type { JsonObject } from '../../domain/json.ts';
import { limits } from '../../limits.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Journal } from '../../ports/journal.ts';
import type { Log } from '../../ports/log.ts';
import type { Meter } from '../../ports/meter.ts';
import type { RefusalKind } from './refusals.ts';

/** One refusal as the journal tells it. `reason` is bounded and holds nothing secret. */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly status: number;
  readonly reason: string;
  /** The address that it came from. */
  readonly from?: string;
  readonly sender?: string;
  readonly source?: string;
}

/** Counts every refusal and writes the first of each kind into the journal: a flood must not fill the disk. */
export interface RefusalBook {
  /** Never rejects: a journal in trouble must not turn a clear refusal into an error. */
  note(refusal: Refusal): Promise<void>;
  /** Writes down how many were counted and not yet written. */
  close(): Promise<void>;
}

interface Page {
  sinceMs: number;
  written: number;
  unwritten: number;
  /** So many unwritten ones are worth a record of their own. */
  tellAt: number;
}

/** The journal's uid for what belongs to no incident. */
const noIncident = 'bot';

const freshPage = (nowMs: number, unwritten = 0): Page => ({
  sinceMs: nowMs,
  written: 0,
  unwritten,
  tellAt: limits.refusalsJournalledMax,
});

/** True when this refusal is to be written. Past the bound only every tenfold number is: a flood of any size makes few records. */
const isTold = (page: Page): boolean => {
  if (page.written < limits.refusalsJournalledMax) return true;
  if (page.unwritten < page.tellAt) return false;
  page.tellAt *= 10;
  return true;
};

/** Creates the book; its bounds are by kind, so that strangers cannot hide what a known sender does wrong. */
export const createRefusalBook = (deps: {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}): RefusalBook => {
  const pages = new Map<RefusalKind, Page>();

  const pageOf = (kind: RefusalKind): Page => {
    const nowMs = deps.clock.nowMs();
    const known = pages.get(kind);
    if (known !== undefined && nowMs - known.sinceMs < limits.refusalWindowMs) return known;
    const page = freshPage(nowMs, known?.unwritten);
    pages.set(kind, page);
    return page;
  };

  const write = async (kind: RefusalKind, actor: string, detail: JsonObject): Promise<void> => {
    try {
      await deps.journal.append({ uid: noIncident, actor, verb: 'delivery-refused', subject: kind, detail });
    } catch (error) {
      deps.log.error({ err: error, kind }, 'a refusal could not be written into the journal');
    }
  };

  return {
    note: async ({ kind, sender, ...told }) => {
      deps.meter.count('refusals_total', { kind });
      const page = pageOf(kind);
      if (!isTold(page)) {
        page.unwritten += 1;
        return;
      }
      const { unwritten } = page;
      page.written += 1;
      page.unwritten = 0;
      const counted = unwritten === 0 ? {} : { countedButNotWritten: unwritten };
      deps.log.warn({ kind, sender, ...told, ...counted }, 'a delivery was refused');
      await write(kind, sender ?? 'unknown sender', { ...told, ...counted });
    },
    close: async () => {
      for (const [kind, { unwritten }] of pages) {
        if (unwritten > 0) await write(kind, 'bot', { countedButNotWritten: unwritten });
      }
      pages.clear();
    },
  };
};
