import type { ChangeLog } from './change-log.ts';
import type { Cluster } from './cluster.ts';
import type { Logs } from './logs.ts';
import type { Metrics } from './metrics.ts';
import type { Traces } from './traces.ts';

/** Everything that the road sees the world through. */
export interface Senses {
  readonly metrics: Metrics;
  readonly logs: Logs;
  readonly cluster: Cluster;
  readonly changes: ChangeLog;
  /** Absent where no tracing backend is configured. */
  readonly traces?: Traces;
}
