/** The disciplines, in the order in which the thread names them; a case has a finding of each. */
export const disciplines = ['network', 'database', 'compute'] as const;

/** Which specialist owns a fault. */
export type Discipline = (typeof disciplines)[number];

/** What each kind of fault is called, who owns it, and what it means in one sentence. The taxonomy of all verdicts. */
export const faults = {
  'bad-image': {
    discipline: 'compute',
    title: 'Bad image',
    meaning: 'A rollout names an image that cannot be pulled.',
  },
  'crash-loop': {
    discipline: 'compute',
    title: 'Crash loop after a configuration change',
    meaning: 'The container exits soon after its start because its configuration is wrong.',
  },
  'memory-limit': {
    discipline: 'compute',
    title: 'Memory limit too low',
    meaning: 'The kernel kills the container because it needs more memory than its limit.',
  },
  'cpu-saturation': {
    discipline: 'compute',
    title: 'CPU saturation',
    meaning: 'The container uses all the CPU it may have while its load is ordinary.',
  },
  'scaled-to-zero': {
    discipline: 'compute',
    title: 'Scaled to zero',
    meaning: 'The workload is asked to run no replica although others call it.',
  },
  'network-delay': {
    discipline: 'network',
    title: 'Network delay',
    meaning: 'Calls on one edge wait in the network: the caller sees latency that the callee does not.',
  },
  'selector-drift': {
    discipline: 'network',
    title: 'Service selector drift',
    meaning: 'The Service selects no ready pod although the workload has some.',
  },
  'connection-exhaustion': {
    discipline: 'database',
    title: 'Connections exhausted',
    meaning: 'The data store refuses new clients because its connection limit is reached.',
  },
  none: { discipline: 'compute', title: 'No fault found', meaning: 'Everything that was looked at is well.' },
} as const satisfies Record<string, { discipline: Discipline; title: string; meaning: string }>;

/** The name of a fault in the taxonomy. */
export type FaultName = keyof typeof faults;

/** All fault names, `none` included. */
export const faultNames = Object.keys(faults) as readonly FaultName[];
