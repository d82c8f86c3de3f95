import { invariant } from '../domain/bot-error.ts';
import type { CaseFile, CaseSummary } from '../domain/case-file.ts';
import type { Cause } from '../domain/finding.ts';
import type { AlertInbox } from '../ports/alert-inbox.ts';
import { withCaseAlert } from './case-alerts.ts';
import { causesElsewhere, originalOf, straysOf } from './grouping.ts';
import { type RoadTools, type Step, turnPage } from './road.ts';

interface SortOutDeps extends RoadTools {
  readonly inbox: Pick<AlertInbox, 'assign' | 'release'>;
  /** Proposes; reached when the case is about one cause, and no other open case is about the same. */
  readonly propose: Step;
}

const idsOf = (alerts: CaseFile['alerts']): readonly string[] => alerts.map(({ inboxId }) => inboxId);

/** Puts the alerts aside that the cause cannot explain; they are given back once that is written. */
const setStraysAside = async (deps: SortOutDeps, file: CaseFile): Promise<void> => {
  const strays = straysOf(file, file.context?.topology ?? { edges: [] });
  await turnPage(deps, file.incident.uid, {
    write: (current) =>
      current.strays === undefined && current.attempts.length === 0
        ? { ...current, alerts: current.alerts.filter((alert) => !idsOf(strays).includes(alert.inboxId)), strays }
        : null,
    note: {
      verb: 'alerts-set-aside',
      subject: [...new Set(strays.map(({ name }) => name))].slice(0, 5).join(', '),
      detail: { alerts: idsOf(strays), reason: 'the cause of this case cannot explain them' },
    },
  });
};

const giveStraysBack = async (deps: SortOutDeps, file: CaseFile): Promise<void> => {
  const { uid } = file.incident;
  await deps.inbox.release(idsOf(file.strays ?? []), uid);
  await turnPage(deps, uid, {
    write: ({ strays, ...current }) => (strays === undefined ? null : current),
    note: { verb: 'alerts-given-back', detail: { alerts: idsOf(file.strays ?? []) } },
  });
};

/** Hands the alerts to the original and closes the case. Resolves with false when the original was closed meanwhile. */
const closeAsDuplicate = async (deps: SortOutDeps, file: CaseFile, original: CaseSummary): Promise<boolean> => {
  const { uid, number } = file.incident;
  const target = original.incident.uid;
  const name = `INC-${original.incident.number}`;
  const moved = { taken: false };
  await turnPage(deps, target, {
    write: (current) => {
      const next = file.alerts.reduce(withCaseAlert, current);
      moved.taken = current.closure === undefined;
      return moved.taken && next !== current ? next : null;
    },
    note: {
      verb: 'duplicate-joined',
      subject: `INC-${number}`,
      detail: { duplicate: uid, alerts: idsOf(file.alerts) },
    },
  });
  if (!moved.taken) return false;
  await deps.inbox.assign(idsOf(file.alerts), target);
  const cause = file.verdict?.cause;
  invariant(cause !== undefined, 'a duplicate has a cause');
  const reason = `${name} is about the same cause, ${cause.fault} of ${cause.workload}: it goes on there, with the alerts of this one.`;
  await turnPage(deps, uid, {
    write: (current) =>
      current.closure === undefined && current.attempts.length === 0
        ? { ...current, closure: { at: deps.clock.now(), outcome: 'duplicate', reason, duplicateOf: target } }
        : null,
    note: { verb: 'close', subject: 'duplicate', detail: { reason, original: target } },
  });
  return true;
};

/** Leaves causes to the cases that are about them. */
const leaveToOthers = async (deps: SortOutDeps, file: CaseFile, causes: readonly Cause[]): Promise<void> => {
  await turnPage(deps, file.incident.uid, {
    write: (current) => {
      const { verdict } = current;
      if (verdict === undefined) return null;
      const isLeft = (cause: Cause): boolean =>
        causes.some(({ workload, fault }) => workload === cause.workload && fault === cause.fault);
      return { ...current, verdict: { ...verdict, others: (verdict.others ?? []).filter((cause) => !isLeft(cause)) } };
    },
    note: {
      verb: 'causes-left',
      subject: causes.map(({ workload, fault }) => `${workload} ${fault}`).join(', '),
      detail: { reason: 'other open incidents are about them' },
    },
  });
};

/**
 * Before a proposal the case is made to be about its own cause, and each cause to have one case: alerts that the verdict cannot
 * explain go back to the inbox, further causes are left to the cases that are about them, and a case whose own cause another
 * open case deals with is closed as its duplicate.
 */
export const createSortOutStep = (deps: SortOutDeps): Step => {
  /** True when something was sorted out: the loop looks at the case anew. */
  const sortOutFirst = async (file: CaseFile, open: readonly CaseSummary[]): Promise<boolean> => {
    if (straysOf(file, file.context?.topology ?? { edges: [] }).length > 0) {
      await setStraysAside(deps, file);
      return true;
    }
    const original = originalOf(file, open);
    return original !== undefined && closeAsDuplicate(deps, file, original);
  };

  return async (file) => {
    if (file.strays !== undefined) return giveStraysBack(deps, file);
    const open = await deps.cases.open();
    const elsewhere = causesElsewhere(file, open);
    if (elsewhere.length > 0) return leaveToOthers(deps, file, elsewhere);
    if (file.attempts.length === 0 && (await sortOutFirst(file, open))) return;
    return deps.propose(file);
  };
};
