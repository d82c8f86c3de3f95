import type { Context } from '../../src/domain/context.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import type { Senses } from '../../src/ports/senses.ts';

/** One recorded incident behind the ports, as a live bot would meet it. */
export interface RecordedCase {
  readonly id: string;
  readonly title: string;
  readonly namespace: string;
  /** When the alert began, and the present of the replay. */
  readonly alertAtMs: number;
  readonly nowMs: number;
  readonly senses: Senses;
}

/** What the bot made of a case. */
export interface Diagnosis {
  readonly namespace: string;
  readonly context: Context;
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
}

/** One answer in the scorer's words: a service's name, or an object with its root cause. */
export type Prediction = string | { readonly object: string; readonly root_cause: string };

/** A simple way to answer that the bot is measured beside. */
export type Baseline = (id: string) => readonly Prediction[];

/** A folder of recorded incidents that can be replayed. */
export interface RecordedSet {
  readonly name: string;
  readonly ids: readonly string[];
  /** Reads a case from disk: the time for this is counted apart. */
  open(id: string): RecordedCase;
  /** The diagnosis in the scorer's words, best first, at least five where there are five. */
  predictions(diagnosis: Diagnosis): readonly Prediction[];
  /** What the diagnosis calls the trouble, whatever the place; nothing when it names none. */
  named(diagnosis: Diagnosis): string | undefined;
  readonly baselines: Readonly<Record<string, Baseline>>;
  /** A window in which nothing was wrong, another one for each number; absent where none was recorded. */
  readonly quiet?: (seed: number) => RecordedCase;
}

/** One format of recordings. */
export interface SetKind {
  readonly name: string;
  /** Whether the folder holds a set of this kind. */
  matches(folder: string): boolean;
  open(folder: string): RecordedSet;
}
