import { setTimeout as delay } from 'node:timers/promises';
import type { RequestInfo } from './api-request.ts';

/** One request as those see it who plan trouble for it. */
export interface ApiMoment extends Pick<RequestInfo, 'verb' | 'plural' | 'namespace' | 'name' | 'path'> {
  /** Its full user name. */
  readonly user: string;
  readonly dryRun: boolean;
  readonly auditId: string;
}

/** Trouble to come: the next `times` (1 unless given) requests that fit every named member meet it. */
export interface ApiFault {
  readonly verb?: string;
  /** The plural, as in the path. */
  readonly resource?: string;
  /** The full user name: a client that is cut off while others are served. */
  readonly user?: string;
  readonly dryRun?: boolean;
  /** The request has no effect and is answered with this status, 429 and 503 with a Retry-After of one second. */
  readonly status?: number;
  /** The connection is cut before the request has any effect. */
  readonly hangUp?: boolean;
  /** The request takes effect, but its client never hears of it: the connection is cut. */
  readonly lostReply?: boolean;
  /** The request is looked at this much later. */
  readonly delayMs?: number;
  readonly times?: number;
}

/** Looks on as requests arrive and as they are done but not yet answered; may hang up at either moment. */
export type ApiWitness = (when: 'arrived' | 'done', moment: ApiMoment) => 'go on' | 'hang up';

/** Planned trouble, and who looks on. */
export interface ApiFaults {
  plan(fault: ApiFault): void;
  /** Nothing that was planned comes any more. */
  clear(): void;
  /** The fault that this request meets, one use of which is spent. */
  meet(moment: ApiMoment): ApiFault | undefined;
  /** Whether the connection is to be cut at this moment. */
  hangsUp(when: 'arrived' | 'done', moment: ApiMoment, fault: ApiFault | undefined): boolean;
}

const fits = (fault: ApiFault, moment: ApiMoment): boolean =>
  (fault.verb ?? moment.verb) === moment.verb &&
  (fault.resource ?? moment.plural) === moment.plural &&
  (fault.user ?? moment.user) === moment.user &&
  (fault.dryRun ?? moment.dryRun) === moment.dryRun;

/** Starts without trouble. `witness` is asked at both moments of every request. */
export const createApiFaults = (witness: ApiWitness = () => 'go on'): ApiFaults => {
  let planned: readonly { readonly fault: ApiFault; readonly left: number }[] = [];
  return {
    plan: (fault) => {
      planned = [...planned, { fault, left: fault.times ?? 1 }];
    },
    clear: () => {
      planned = [];
    },
    meet: (moment) => {
      const met = planned.find(({ fault }) => fits(fault, moment));
      if (met === undefined) return undefined;
      planned = planned
        .map((entry) => (entry === met ? { ...entry, left: entry.left - 1 } : entry))
        .filter((entry) => entry.left > 0);
      return met.fault;
    },
    hangsUp: (when, moment, fault) => {
      const isPlanned = when === 'arrived' ? fault?.hangUp === true : fault?.lostReply === true;
      return witness(when, moment) === 'hang up' || isPlanned;
    },
  };
};

/** Waits as long as a fault holds its request up. */
export const heldUpBy = async (fault: ApiFault | undefined): Promise<void> => {
  if (fault?.delayMs !== undefined) await delay(fault.delayMs);
};
