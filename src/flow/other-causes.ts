import type { CaseFile, CaseSummary } from '../domain/case-file.ts';
import type { Verdict } from '../domain/verdict.ts';

/** The causes that other open cases are about, by workload, each with its incident: whoever calls one suffers whatever becomes of this case. */
export const otherCauses = (
  open: readonly CaseSummary[],
  file: Pick<CaseFile, 'incident'>,
): ReadonlyMap<string, string> =>
  new Map(
    open
      .filter(({ incident, closure }) => closure === undefined && incident.uid !== file.incident.uid)
      .filter(({ incident }) => incident.namespace === file.incident.namespace)
      .flatMap(({ incident, verdict }) => {
        const workload = verdict?.cause?.workload ?? incident.suspect?.name;
        return workload === undefined ? [] : [[workload, `INC-${incident.number}`] as const];
      }),
  );

/** The verdict without those further causes that another open case is about: one trouble must not be mended twice. */
export const withoutTaken = (verdict: Verdict, taken: ReadonlyMap<string, string>): Verdict => {
  const { others: all = [], ...rest } = verdict;
  const others = all.filter(({ workload }) => !taken.has(workload));
  if (others.length === all.length) return verdict;
  return others.length === 0 ? rest : { ...rest, others };
};
