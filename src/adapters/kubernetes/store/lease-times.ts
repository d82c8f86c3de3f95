/** The parts of a lease's time, in whole ms, after client-go: who holds it stops before anybody else may begin. */
export const leaseTimes = (leaseMs: number) => ({
  /** From the last renewal until the holder stops acting. */
  deadlineMs: Math.floor((leaseMs * 2) / 3),
  /** What was begun before the deadline must have ended before another may hold the lease. */
  actMsMax: Math.floor(leaseMs / 3),
  renewEveryMs: Math.floor(leaseMs / 6),
  requestMsMax: Math.floor(leaseMs / 4),
});
