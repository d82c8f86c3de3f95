import type { CaseFile } from '../domain/case-file.ts';
import type { Context } from '../domain/context.ts';
import { doubtsOf } from '../domain/doubts.ts';
import type { Finding } from '../domain/finding.ts';
import type { CaseAlert, Incident } from '../domain/incident.ts';
import type { Memory, Recollection } from '../domain/memory.ts';
import { limits } from '../limits.ts';
import type { MemoryShelf } from '../ports/memory-shelf.ts';
import type { Brief, Director, Specialist } from '../ports/specialist.ts';
import { otherCauses, withoutTaken } from './other-causes.ts';
import { type RoadTools, type Step, turnPageFor } from './road.ts';

/** The deterministic key of a trouble: the same alert on the same workload has the same signature, whatever its words. */
export const signatureOf = (incident: Incident, alerts: readonly CaseAlert[]): string =>
  [incident.namespace, incident.suspect?.name ?? '-', alerts[0]?.name ?? '-'].join('/');

/** The words by which similar troubles are found. */
export const probeTextOf = (incident: Incident, alerts: readonly CaseAlert[]): string =>
  [incident.title, incident.suspect?.name ?? '', ...new Set(alerts.map((alert) => alert.name))].join(' ');

const briefOf = (file: CaseFile): Brief | null =>
  file.context === undefined
    ? null
    : { incident: file.incident, context: file.context, recollections: file.recollections ?? [] };

/** Gathers the context and what memory holds of similar troubles, and writes both pages at once. */
export const createCollectStep = (
  deps: RoadTools & {
    readonly collect: (incident: Incident, alerts: readonly CaseAlert[]) => Promise<Context>;
    readonly memory: MemoryShelf;
  },
): Step => {
  const recall = (file: CaseFile): Promise<readonly Recollection[]> =>
    deps.memory.recall({
      signature: signatureOf(file.incident, file.alerts),
      text: probeTextOf(file.incident, file.alerts),
      limit: limits.memoriesRecalledMax,
    });
  return async (file) => {
    const [context, recollections] = await Promise.all([deps.collect(file.incident, file.alerts), recall(file)]);
    await turnPageFor(deps, file, {
      write: (current) => (current.context === undefined ? { ...current, context, recollections } : null),
      note: {
        verb: 'context',
        subject: file.incident.suspect?.name ?? file.incident.namespace,
        detail: {
          evidence: context.evidence.length,
          unreachable: context.unreachable,
          recollections: recollections.length,
          doubts: doubtsOf({ ...file, context }),
        },
      },
    });
  };
};

/** Lets all specialists read at the same time; each finding is its own page, shown as soon as it is there. */
export const createInvestigateStep = (deps: RoadTools & { readonly specialists: readonly Specialist[] }): Step => {
  const write = async (file: CaseFile, finding: Finding): Promise<void> => {
    const best = finding.hypotheses[0];
    await turnPageFor(deps, file, {
      write: (current) =>
        current.findings[finding.specialist] === undefined
          ? { ...current, findings: { ...current.findings, [finding.specialist]: finding } }
          : null,
      note: {
        actor: finding.specialist,
        verb: 'finding',
        subject: best === undefined ? 'abstains' : `${best.cause.workload} ${best.cause.fault}`,
        detail: { confidence: best?.confidence ?? 0, evidence: best?.evidence ?? [], dropped: finding.dropped.length },
      },
    });
  };
  return async (file) => {
    const brief = briefOf(file);
    if (brief === null) return;
    const missing = deps.specialists.filter(({ discipline }) => file.findings[discipline] === undefined);
    await Promise.all(missing.map(async (specialist) => write(file, await specialist.analyse(brief))));
  };
};

/** Computes the consensus. */
export const createDeliberateStep = (deps: RoadTools & { readonly director: Director }): Step => {
  return async (file) => {
    const brief = briefOf(file);
    if (brief === null) return;
    const weighed = await deps.director.deliberate(brief, Object.values(file.findings));
    const verdict = withoutTaken(weighed, otherCauses(await deps.cases.open(), file));
    await turnPageFor(deps, file, {
      write: (current) => (current.verdict === undefined ? { ...current, verdict } : null),
      note: {
        actor: 'director',
        verb: 'verdict',
        subject:
          verdict.cause === undefined
            ? verdict.kind
            : `${verdict.kind}: ${verdict.cause.workload} ${verdict.cause.fault}`,
        detail: { confidence: verdict.confidence, evidence: verdict.evidence, dissent: verdict.dissent },
      },
    });
  };
};

/** What memory keeps of a closed case. */
export const memoryOf = (file: CaseFile, at: string): Memory | null => {
  if (file.closure === undefined || file.closure.outcome === 'duplicate') return null;
  const done = file.attempts.filter((attempt) => attempt.execution?.outcome === 'applied').at(-1);
  return {
    uid: file.incident.uid,
    at,
    namespace: file.incident.namespace,
    workload: file.verdict?.cause?.workload ?? file.incident.suspect?.name ?? '-',
    alertName: file.alerts[0]?.name ?? '-',
    ...(file.verdict?.cause === undefined ? {} : { fault: file.verdict.cause.fault }),
    ...(done === undefined ? {} : { action: done.plan.action }),
    outcome: file.closure.outcome,
    summary: `${probeTextOf(file.incident, file.alerts)}. ${file.postMortem?.summary ?? file.closure.reason}`,
    signature: signatureOf(file.incident, file.alerts),
  };
};

/** Gives the closed case to memory: the road's last step. */
export const createRememberStep = (deps: RoadTools & { readonly memory: MemoryShelf }): Step => {
  return async (file) => {
    const memory = memoryOf(file, deps.clock.now());
    if (memory !== null) await deps.memory.remember(memory);
    await turnPageFor(deps, file, {
      write: (current) => (current.rememberedAt === undefined ? { ...current, rememberedAt: deps.clock.now() } : null),
      note: { verb: 'remembered', subject: file.incident.suspect?.name ?? '' },
    });
  };
};
