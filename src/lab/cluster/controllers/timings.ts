/** How long things take in the laboratory, in milliseconds. */
export interface Timings {
  /** From a pod's creation to the scheduler's first look, and between looks while nothing fits. */
  readonly schedulingMs: number;
  readonly schedulingRetryMs: number;
  readonly imagePullMsMin: number;
  readonly imagePullMsMax: number;
  /** How long ErrImagePull is shown before the back-off, and the back-off itself, which doubles. */
  readonly pullFailedMs: number;
  readonly pullBackOffMsMin: number;
  readonly pullBackOffMsMax: number;
  /** How long a finished container shows as terminated, and the back-off before it starts again, which doubles. */
  readonly terminatedMs: number;
  readonly crashBackOffMsMin: number;
  readonly crashBackOffMsMax: number;
  /** Between two looks at a running container. */
  readonly kubeletPassMs: number;
  /** One period of a probe, whatever its spec says. */
  readonly probePeriodMs: number;
  /** Between two attempts when a ConfigMap or a Secret is missing. */
  readonly configRetryMs: number;
  /** From a pod's deletionTimestamp to its end, whatever its grace period says beyond it. */
  readonly terminationMsMax: number;
  readonly nodeHeartbeatMs: number;
  /** Caps `progressDeadlineSeconds`, so that a stuck rollout says so while somebody watches. */
  readonly progressDeadlineMsMax: number;
  /** Everything is looked at again this often, so that a forgotten key heals. */
  readonly resyncMs: number;
  readonly eventTtlMs: number;
}

/** A quick world: a rollout takes seconds, a crash loop shows within ten. */
export const laboratoryTimings: Timings = {
  schedulingMs: 50,
  schedulingRetryMs: 2_000,
  imagePullMsMin: 300,
  imagePullMsMax: 800,
  pullFailedMs: 1_000,
  pullBackOffMsMin: 2_000,
  pullBackOffMsMax: 20_000,
  terminatedMs: 400,
  crashBackOffMsMin: 2_000,
  crashBackOffMsMax: 20_000,
  kubeletPassMs: 1_000,
  probePeriodMs: 1_000,
  configRetryMs: 2_000,
  terminationMsMax: 700,
  nodeHeartbeatMs: 10_000,
  progressDeadlineMsMax: 30_000,
  resyncMs: 10_000,
  eventTtlMs: 3_600_000,
};
