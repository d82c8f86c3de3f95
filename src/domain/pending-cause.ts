import type { Attempt } from './attempt.ts';
import type { CaseFile, CaseSummary } from './case-file.ts';
import type { Cause } from './finding.ts';

const isSame = (left: Cause, right: Cause): boolean => left.workload === right.workload && left.fault === right.fault;

const recovered = ({ verification }: Attempt): boolean => verification?.verdict === 'recovered';

/** Whether the last look at the world found the workload well, without anybody having mended it here. */
const sawWell = (file: Pick<CaseFile, 'attempts'>, { workload }: Cause): boolean => {
  const checks = (file.attempts.findLast(recovered)?.verification?.checks ?? []).filter(
    (check) => check.role === 'pending' && check.workload === workload,
  );
  return checks.length > 0 && checks.every((check) => check.passed);
};

/** The verdict's further causes that nobody has mended yet and that have not gone away by themselves, in their order. */
export const pendingCauses = (file: Pick<CaseFile | CaseSummary, 'verdict' | 'attempts'>): readonly Cause[] => {
  const done = file.attempts.filter(recovered);
  return (file.verdict?.others ?? [])
    .filter((cause) => !done.some((attempt) => attempt.cause !== undefined && isSame(attempt.cause, cause)))
    .filter((cause) => !sawWell(file, cause));
};

/** The cause that the case is busy with: the newest attempt's, else the verdict's own. */
export const presentCause = (file: Pick<CaseFile | CaseSummary, 'verdict' | 'attempts'>): Cause | undefined =>
  file.attempts.at(-1)?.cause ?? file.verdict?.cause;

/** What still waits behind the present cause. */
export const waitingCauses = (file: Pick<CaseFile | CaseSummary, 'verdict' | 'attempts'>): readonly Cause[] => {
  const present = presentCause(file);
  return pendingCauses(file).filter((cause) => present === undefined || !isSame(cause, present));
};

/** The cause that a new attempt is for: the verdict's own until it is mended, then the others in their order. */
export const nextCause = (file: Pick<CaseFile | CaseSummary, 'verdict' | 'attempts'>): Cause | undefined => {
  const own = file.verdict?.cause;
  const isOwnDone = file.attempts.some(
    (attempt) => recovered(attempt) && (attempt.cause === undefined || own === undefined || isSame(attempt.cause, own)),
  );
  return isOwnDone ? pendingCauses(file)[0] : own;
};
