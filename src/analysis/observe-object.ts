import { counted } from '../domain/counted.ts';
import type {
  ChangeData,
  ContainerState,
  EventData,
  FieldChange,
  LogData,
  LogPattern,
  ServiceData,
  WorkloadData,
} from '../domain/evidence.ts';
import { shortName } from '../domain/workload.ts';
import { changeInWords, isHeldUp } from './containers.ts';

const listMax = 3;

const listed = (items: readonly string[]): string =>
  items.length <= listMax
    ? items.join('; ')
    : `${items.slice(0, listMax).join('; ')} and ${items.length - listMax} more`;

const containerTrouble = (container: ContainerState): string | undefined => {
  const { name, state, reason, lastTermination, restarts } = container;
  if (isHeldUp(container))
    return `container ${name} is ${state} (${reason ?? 'no reason given'}), ${counted(restarts, 'restart')}`;
  if (lastTermination === undefined || restarts === 0) return undefined;
  const { reason: end, exitCode, at } = lastTermination;
  return `container ${name} restarted ${counted(restarts, 'time')}, last ended ${end} (exit code ${exitCode}) at ${at}`;
};

const troublesOf = (data: WorkloadData): readonly string[] => [
  ...new Set(
    data.pods.flatMap(({ containers }) => containers.flatMap((container) => containerTrouble(container) ?? [])),
  ),
];

/** One sentence of a workload's rollout and its containers. */
export const observeWorkload = (data: WorkloadData): string => {
  const { workload, replicas, ready, updated, paused } = data;
  const troubles = troublesOf(data);
  const rollout = `${workload.kind} ${workload.name} has ${ready} of ${replicas} replicas ready, ${updated} up to date`;
  const detail = troubles.length === 0 ? '; no container waits or restarted' : `; ${listed(troubles)}`;
  return `${rollout}${paused ? ', rollout paused' : ''}${replicas === 0 ? '; it is asked to run none' : detail}.`;
};

/** How much a workload's state says, 0..1. */
export const workloadStrength = (data: WorkloadData): number => {
  if (data.replicas === 0 || data.ready < data.replicas) return 1;
  if (data.pods.some(({ containers }) => containers.some(isHeldUp))) return 1;
  return troublesOf(data).length > 0 ? 0.5 : 0.2;
};

/** Whether the service leads to pods, and to the right ones. */
export const isLost = ({ ready, matches, expected }: ServiceData): boolean =>
  ready === 0 || (expected.length > 0 && !expected.some((workload) => matches.includes(workload)));

/** One sentence of what a Service's selector finds. */
export const observeService = (data: ServiceData): string => {
  const selector = Object.entries(data.selector)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
  const found = data.matches.length === 0 ? 'no workload' : listed(data.matches);
  const wrong = isLost(data) && data.expected.length > 0 ? `; it should lead to ${listed(data.expected)}` : '';
  return `Service ${data.service.name} selects ${selector || 'nothing'} and finds ${found}: ${counted(data.ready, 'ready endpoint')}, ${data.notReady} not ready${wrong}.`;
};

/** One sentence of a Kubernetes event. */
export const observeEvent = (data: EventData): string =>
  `${data.type} event ${data.reason} on ${shortName(data.object)}, ${counted(data.count, 'time')}, last at ${data.lastSeenAt}: ${data.message}`;

const isNote = ({ path }: FieldChange): boolean => path.startsWith('/metadata/');

/** One sentence of one write that the flight recorder saw. */
export const observeChange = ({ changes }: ChangeData): string => {
  const [first] = changes;
  if (first === undefined) return 'The flight recorder saw a write without a change.';
  // What was asked of the object says more than the notes that tools leave on it.
  const told = changes.toSorted((left, right) => Number(isNote(left)) - Number(isNote(right)));
  return `${first.at}, ${shortName(first.object)}: ${listed(told.map(changeInWords))}.`;
};

/** The name that a change is filed under: `deployment/cartservice`. */
export const changeSubject = ({ changes }: ChangeData): string => {
  const [first] = changes as readonly FieldChange[];
  return first === undefined ? 'nothing' : shortName(first.object);
};

const grew = ({ level, count, countBefore }: LogPattern): boolean => level !== 'info' && count > countBefore;

/** How much a workload's log says, 0..1: new errors say much. */
export const logStrength = ({ patterns }: LogData): number => {
  const loud = patterns.filter(grew);
  if (loud.length === 0) return 0.1;
  return loud.some(({ level, countBefore }) => level === 'error' && countBefore === 0) ? 0.8 : 0.5;
};

/** One sentence of a workload's log: how much, and which errors are new or more frequent. */
export const observeLog = ({ workload, patterns }: LogData): string => {
  const total = (count: (pattern: LogPattern) => number): number =>
    patterns.reduce((sum, each) => sum + count(each), 0);
  const lines = `${workload} logged ${counted(
    total(({ count }) => count),
    'line',
  )} of these kinds, ${total(({ countBefore }) => countBefore)} in the quiet window`;
  const loud = patterns.filter(grew).slice(0, 2);
  if (loud.length === 0) return `${lines}; no error or warning became more frequent.`;
  const quoted = loud.map(
    ({ template, count, countBefore }) => `"${template}" ${counted(count, 'time')}, ${countBefore} before`,
  );
  return `${lines}; more frequent now: ${quoted.join('; ')}.`;
};
