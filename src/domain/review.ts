import type { Instant } from './json.ts';

/** One gate's answer. A gate that could not be asked has failed. */
export interface Gate {
  readonly name: string;
  readonly passed: boolean;
  /** Why it failed, or what it saw when it passed. */
  readonly reason: string;
}

/** The page that the guard writes: every gate, and the diff that the API server's dry run produced. */
export interface Review {
  readonly at: Instant;
  readonly planHash: string;
  readonly gates: readonly Gate[];
  readonly passed: boolean;
  /** Unified diff of the objects' YAML before and after the dry run; empty when no dry run succeeded. */
  readonly diff: string;
}

/** The gate that asks whether Kyverno stands guard. */
export const guardGate = 'Kyverno';

/** Whether a review failed because nobody stands guard: then no other plan can pass either. */
export const isUnguarded = ({ gates }: Review): boolean =>
  gates.some(({ name, passed }) => name === guardGate && !passed);
