import type { MetricData, Signal, Window } from '../domain/evidence.ts';
import type { UnitData } from '../domain/surroundings.ts';
import type { Answer } from './answer.ts';

/** Golden signals of a namespace, behind Prometheus or a recorded world. Every call is bounded in time and size. */
export interface Metrics {
  /** All series of one signal in the window: one per workload, one per call edge as the caller saw it, or one per node. */
  series(request: SeriesRequest): Promise<Answer<readonly MetricData[]>>;
  /** The alerts that fire in the namespace now. */
  activeAlerts(namespace: string): Promise<Answer<readonly ActiveAlert[]>>;
  /** The system services of every node on which Kubernetes stands; `empty` where nobody measures them. */
  units(): Promise<Answer<readonly UnitData[]>>;
}

/** What to measure. `by: 'edge'` is meaningful for rates, errors and latency only, `by: 'node'` for retransmits only. */
export interface SeriesRequest {
  readonly namespace: string;
  readonly signal: Signal;
  readonly by: 'workload' | 'edge' | 'node';
  readonly window: Window;
  /** How many points a series needs at most; seriesPointsMax when not given. Fewer are cheaper for the source. */
  readonly pointsMax?: number;
}

/** One alert that fires now, by name and labels. */
export interface ActiveAlert {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}
