import { percent } from '../analysis/confidence.ts';
import { type CaseFile, phaseOf } from '../domain/case-file.ts';
import { faults } from '../domain/fault.ts';

const proposalLine = (file: CaseFile): string => {
  const attempt = file.attempts.at(-1);
  const window = attempt?.ask?.autoApproveAt;
  const until =
    window === undefined
      ? `a person must decide (${attempt?.ask?.autoReason})`
      : `auto-approves at ${window.slice(11, 19)} UTC unless somebody objects`;
  return `proposal: ${attempt?.plan.action} of ${attempt?.plan.workload.name}; ${until}`;
};

const verdictLine = (file: CaseFile): string => {
  const { verdict } = file;
  const cause =
    verdict?.cause === undefined ? 'no cause' : `${faults[verdict.cause.fault].title} (${verdict.cause.workload})`;
  return `consensus: ${verdict?.kind}, ${cause}, confidence ${percent(verdict?.confidence ?? 0)}`;
};

/** One line for the terminal about where a case is now. */
export const progressLine = (file: CaseFile): string => {
  const name = `INC-${file.incident.number}`;
  switch (phaseOf(file)) {
    case 'collecting':
      return `${name} ${file.incident.title}: gathering evidence`;
    case 'investigating':
      return `${name} specialists are reading ${file.context?.evidence.length ?? 0} pieces of evidence`;
    case 'deliberating':
      return `${name} the director is weighing the findings`;
    case 'proposing':
      return `${name} ${verdictLine(file)}`;
    case 'awaiting_approval':
      return `${name} ${proposalLine(file)}`;
    case 'executing':
      return `${name} approved (${file.attempts.at(-1)?.decision?.via}): carrying it out`;
    case 'verifying':
      return `${name} written: verifying against the signals that raised the case`;
    case 'watching':
      return `${name} nothing seems wrong: watching whether it stays so`;
    case 'concluding':
      return `${name} ended as ${file.closure?.outcome}: writing the post-mortem`;
    case 'closed':
      return `${name} closed as ${file.closure?.outcome}: ${file.closure?.reason}`;
  }
};
