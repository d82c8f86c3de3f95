import type { KubeStore } from '../cluster/kube-store.ts';
import type { ShopWorld } from '../world/create-world.ts';

/** An alerting rule in the words of a rule file: the false alarm hands one over instead of doing harm. */
export interface ChaosAlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What really is the matter, in the laboratory's own words; only drills and people read it. */
export interface FaultTruth {
  /** Where the trouble sits. */
  readonly workload: string;
  readonly fault: string;
}

/** Where faults do their harm. */
export interface ChaosRoom {
  readonly store: KubeStore;
  readonly world: ShopWorld;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  /** The field manager that a write is signed with; the argument is what the imitated tool would use. */
  readonly managerOf: (tool: string) => string;
  /** Told the rule when a false alarm begins, null when it ends. */
  readonly onFalseAlarm: (rule: ChaosAlertRule | null) => void;
}

/** Harm that was done, and the way to undo it. */
export interface Wound {
  /** One sentence for people. */
  readonly done: string;
  readonly alertRule?: ChaosAlertRule;
  /** Whether the very field or effect is as it should be again, whoever mended it. */
  isMended(): boolean;
  /** Undoes the harm; harmless when somebody else has. */
  mend(): void;
}

/** One kind of fault: pure description, and the way to strike. */
export interface FaultKind {
  readonly name: string;
  readonly description: string;
  readonly defaultWorkload: string;
  /** The workloads that it can strike. */
  readonly workloads: readonly string[];
  truth(workload: string): FaultTruth;
  /** Remedies that truly help, as `action:target`; `none` when nothing must be done. */
  remedies(workload: string): readonly string[];
  /** The workloads whose pods and traffic must be well before the fault counts as over. */
  witnesses(workload: string): readonly string[];
  /** Throws ChaosError when the workload is not in a state to be struck. */
  strike(room: ChaosRoom, workload: string): Wound;
}

/** Why a fault cannot be injected: no such fault, a workload that it cannot strike, or it is at work already. */
export class ChaosError extends Error {
  override readonly name = 'ChaosError';
  readonly code: 'unknown-fault' | 'bad-workload' | 'already-active' | 'not-possible';

  constructor(code: 'unknown-fault' | 'bad-workload' | 'already-active' | 'not-possible', message: string) {
    super(message);
    this.code = code;
  }
}
