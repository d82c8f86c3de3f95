/** The parts of a lease's time, in ms, after client-go: who holds it stops before anybody else may begin. */
export const leaseTimes = (leaseMs: number) => ({
  /** From the last renewal until the holder stops acting. */
  deadlineMs: (leaseMs * 2) / 3,
  /** What was begun before the deadline must have ended before another may hold the lease. */
  actMsMax: leaseMs / 3,
  renewEveryMs: leaseMs / 6,
  requestMsMax: leaseMs / 5,
});
