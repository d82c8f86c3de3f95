import type { Context } from '../domain/context.ts';
import type { Discipline } from '../domain/fault.ts';
import type { Finding } from '../domain/finding.ts';
import type { Incident } from '../domain/incident.ts';
import type { Recollection } from '../domain/memory.ts';
import type { Verdict } from '../domain/verdict.ts';

/** What a specialist and the director read. */
export interface Brief {
  readonly incident: Incident;
  readonly context: Context;
  readonly recollections: readonly Recollection[];
}

/** One specialist on the shelf. It never throws: what failed is in `degraded`. */
export interface Specialist {
  readonly discipline: Discipline;
  /** As the thread names it: `NetworkAgent`. */
  readonly name: string;
  analyse(brief: Brief): Promise<Finding>;
}

/** The director: weighs the findings by code; the model may only phrase the reasoning. Never throws. */
export interface Director {
  deliberate(brief: Brief, findings: readonly Finding[]): Promise<Verdict>;
}
