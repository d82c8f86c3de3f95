import type { KubeStore } from '../cluster/kube-store.ts';
import type { ShopWorld } from '../world/create-world.ts';
import {
  type ChaosAlertRule,
  ChaosError,
  type ChaosRoom,
  type FaultKind,
  type FaultTruth,
  type Wound,
} from './fault.ts';
import { faultKinds } from './faults/index.ts';
import { isWorkloadWell, readWorldHealth, type WorldHealth } from './well-being.ts';

/** What an injection tells. */
interface Injection {
  readonly fault: string;
  readonly workload: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** One sentence for people. */
  readonly done: string;
  /** Only for a false alarm: the rule that must be evaluated from now on. */
  readonly alertRule?: ChaosAlertRule;
}

/** One fault of the laboratory. Truth and remedies are those of the present injection, else of the default workload. */
interface Fault {
  readonly name: string;
  readonly description: string;
  /** Struck when no other is named. */
  readonly workload: string;
  readonly workloads: readonly string[];
  readonly truth: FaultTruth;
  readonly remedies: readonly string[];
  /** Throws ChaosError. */
  inject(workload?: string): Injection;
  /** Undoes the harm, if it is not undone. */
  clear(): void;
  /** The very field or effect is mended, the pods are ready, and the traffic through them is healthy. True as well while nothing was injected. */
  isWell(): boolean;
}

/** Breaks the shop on purpose, and knows when it is whole again. */
export interface Chaos {
  readonly faults: readonly Fault[];
  /** Throws ChaosError: an unknown fault, a workload that it cannot strike, or harm that is still there. */
  inject(name: string, options?: { readonly workload?: string }): Injection;
  /** Throws ChaosError for an unknown fault. */
  clear(name: string): void;
  /** Injections whose harm nobody has mended; a false alarm lasts until it is cleared. */
  active(): readonly Injection[];
  readWorldHealth(): WorldHealth;
}

/** What chaos works with. */
export interface ChaosOptions {
  readonly store: KubeStore;
  readonly world: ShopWorld;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Signs every write instead of the tool that the fault imitates. */
  readonly manager?: string;
  /** Told the rule when a false alarm begins, null when it ends. */
  readonly onFalseAlarm?: (rule: ChaosAlertRule | null) => void;
}

interface Case {
  readonly injection: Injection;
  readonly wound: Wound;
  readonly isCleared: boolean;
}

const isOngoing = ({ wound, isCleared }: Case): boolean =>
  !isCleared && (wound.alertRule !== undefined || !wound.isMended());

const refuse = (kind: FaultKind, workload: string, last: Case | null): void => {
  if (!kind.workloads.includes(workload)) {
    throw new ChaosError(
      'bad-workload',
      `${kind.name} cannot strike "${workload}", only ${kind.workloads.join(', ')}.`,
    );
  }
  if (last !== null && isOngoing(last)) {
    throw new ChaosError('already-active', `${kind.name} is still at work: ${last.injection.done}`);
  }
};

const createFault = (
  kind: FaultKind,
  room: ChaosRoom,
  now: () => number,
): Fault & { readonly ongoing: () => Case | null } => {
  let last: Case | null = null;
  const struck = (): string => last?.injection.workload ?? kind.defaultWorkload;
  return {
    name: kind.name,
    description: kind.description,
    workload: kind.defaultWorkload,
    workloads: kind.workloads,
    get truth() {
      return kind.truth(struck());
    },
    get remedies() {
      return kind.remedies(struck());
    },
    inject: (workload = kind.defaultWorkload) => {
      refuse(kind, workload, last);
      const wound = kind.strike(room, workload);
      const { done, alertRule } = wound;
      const injection = {
        fault: kind.name,
        workload,
        atMs: now(),
        done,
        ...(alertRule === undefined ? {} : { alertRule }),
      };
      last = { injection, wound, isCleared: false };
      return injection;
    },
    clear: () => {
      if (last === null) return;
      last.wound.mend();
      last = { ...last, isCleared: true };
    },
    isWell: () =>
      last === null ||
      (last.wound.isMended() && kind.witnesses(struck()).every((workload) => isWorkloadWell(room, workload))),
    ongoing: () => (last !== null && isOngoing(last) ? last : null),
  };
};

/** Makes the faults ready to strike one cluster and its world. */
export const createChaos = (options: ChaosOptions): Chaos => {
  const { store, world, now, random, manager, onFalseAlarm = () => {} } = options;
  const room: ChaosRoom = { store, world, random, nowMs: now, onFalseAlarm, managerOf: (tool) => manager ?? tool };
  const faults = faultKinds.map((kind) => createFault(kind, room, now));
  const find = (name: string): Fault => {
    const fault = faults.find((candidate) => candidate.name === name);
    if (fault !== undefined) return fault;
    const known = faults.map((candidate) => candidate.name).join(', ');
    throw new ChaosError('unknown-fault', `There is no fault "${name}", only ${known}.`);
  };
  return {
    faults,
    inject: (name, { workload } = {}) => find(name).inject(workload),
    clear: (name) => find(name).clear(),
    active: () => faults.flatMap((fault) => fault.ongoing()?.injection ?? []),
    readWorldHealth: () => readWorldHealth(world),
  };
};
