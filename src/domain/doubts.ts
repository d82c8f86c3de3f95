import type { CaseFile } from './case-file.ts';

const absence = ({ incident, context }: CaseFile): readonly string[] => {
  const { suspect, namespace } = incident;
  if (suspect === undefined || context === undefined || context.unreachable.includes('topology')) return [];
  const { workloads } = context.topology;
  if (workloads.length === 0) return [`There is no workload at all in namespace ${namespace}.`];
  return workloads.some(({ name }) => name === suspect.name)
    ? []
    : [`There is no workload ${suspect.name} in namespace ${namespace}.`];
};

/** What is doubtful about the alerts of a case, a sentence each: whether what they name exists, and how they came. */
export const doubtsOf = (file: CaseFile): readonly string[] => [
  ...new Set([...absence(file), ...file.alerts.flatMap(({ doubts = [] }) => doubts)]),
];
