import type { CaseFile, Closure } from '../domain/case-file.ts';
import type { WorkloadData } from '../domain/evidence.ts';

const stateOf = ({ context }: CaseFile, workload: string): WorkloadData | undefined => {
  const found = context?.evidence.find(({ data }) => data?.kind === 'workload' && data.workload.name === workload);
  return found?.data?.kind === 'workload' ? found.data : undefined;
};

/**
 * The end of a case whose cause is that a person paused the rollout: nothing is written, and the person is told how it goes on.
 * Where all replicas serve nothing needs to be done either; else somebody must look. Null for any other case.
 */
export const handsOffEnding = (file: CaseFile): Omit<Closure, 'at'> | null => {
  const { verdict, attempts } = file;
  const cause = verdict?.cause;
  const hasWritten = attempts.some(({ execution }) => execution?.outcome === 'applied');
  if (verdict?.kind !== 'agreed' || cause?.fault !== 'rollout-paused' || hasWritten) return null;
  const state = stateOf(file, cause.workload);
  const isServing = state !== undefined && state.replicas > 0 && state.ready >= state.replicas;
  const serves = isServing ? 'Its old pods serve, so nothing needs to be done now.' : 'It does not serve as it should.';
  return {
    outcome: isServing ? 'no_action' : 'escalated',
    reason: `The rollout of ${cause.workload} was paused by a person, so the bot keeps its hands off it. ${serves}`,
    nextStep: `kubectl -n ${file.incident.namespace} rollout resume deployment/${cause.workload}`,
  };
};
