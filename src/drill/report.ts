import type { DrillResult } from './drill-result.ts';

const seconds = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1000).toFixed(1)} s`);

const phasesInWords = ({ phasesMs }: DrillResult): string =>
  Object.entries(phasesMs)
    .map(([phase, ms]) => `${phase} ${seconds(ms)}`)
    .join(', ');

/** What a person reads of one drill. */
export const readableReport = (result: DrillResult): string => {
  const { drill, passed, outcome, cause, action, approvedVia, writes, failures } = result;
  const what = cause === null ? 'no cause' : `${cause.fault} of ${cause.workload}`;
  const done = action === null ? 'nothing was written' : `${action}, approved by ${approvedVia ?? 'nobody'}`;
  return [
    `${passed ? 'passed' : 'FAILED'}  ${drill}: ${outcome}`,
    `        ${what}; ${done}; ${writes} write(s)`,
    `        ${phasesInWords(result)}`,
    ...failures.map((failure) => `        - ${failure}`),
  ].join('\n');
};

/** The last line of a run. */
export const closingLine = (results: readonly DrillResult[]): string => {
  const passed = results.filter((result) => result.passed).length;
  return `drills: ${passed} passed, ${results.length - passed} failed`;
};
