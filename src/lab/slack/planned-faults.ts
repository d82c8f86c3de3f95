/** Trouble to come: the next `times` (1 unless given) calls of a method fail in this way. */
export interface PlannedFault {
  /** A method's name, or `*` for any. */
  readonly method: string;
  /** 429 answers `ratelimited`; 5xx answers an empty body; absent means that the call works. */
  readonly status?: number;
  /** Seconds, with a 429. */
  readonly retryAfter?: number;
  /** An `ok: false` answer with this code. */
  readonly error?: string;
  /** The call takes effect, but its caller never hears of it: the connection is cut. */
  readonly lostReply?: boolean;
  /** The call arrives, and takes effect, only when this resolves, whoever still waits for its answer. */
  readonly heldUntil?: Promise<void>;
  /** The answer comes this much later. */
  readonly delayMs?: number;
  readonly times?: number;
}

/** Faults in the order in which they were planned. */
export interface PlannedFaults {
  plan(fault: PlannedFault): void;
  /** The fault that this call meets, one use of which is spent. */
  meet(method: string): PlannedFault | undefined;
}

/** Starts without trouble. */
export const createPlannedFaults = (): PlannedFaults => {
  let planned: readonly { readonly fault: PlannedFault; readonly left: number }[] = [];
  return {
    plan: (fault) => {
      planned = [...planned, { fault, left: fault.times ?? 1 }];
    },
    meet: (method) => {
      const met = planned.find(({ fault }) => fault.method === method || fault.method === '*');
      if (met === undefined) return undefined;
      planned = planned
        .map((entry) => (entry === met ? { ...entry, left: entry.left - 1 } : entry))
        .filter((entry) => entry.left > 0);
      return met.fault;
    },
  };
};
