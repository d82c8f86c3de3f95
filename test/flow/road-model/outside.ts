import type { Mode } from '../../../src/domain/mode.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import { aVerdict } from '../../fakes/cases.ts';
import type { Life, Outside } from './life.ts';
import { createModelCluster, type Written } from './model-cluster.ts';
import { type Effects, type RemedyName, remedyNames } from './model-remedies.ts';
import { createDurable } from './model-store.ts';
import { type Asked, checkPage, checkWrite, type Evidence } from './rules.ts';

/** What the director may find. */
export const findings = ['cause', 'unsure', 'split', 'unknown', 'nothing'] as const;
export type FindingName = (typeof findings)[number];

/** A world as it begins. */
export interface Beginning {
  readonly remedies: readonly RemedyName[];
  readonly effects: Effects;
  readonly findings: readonly FindingName[];
  readonly mode: Mode;
  /** A second loop works on the same cases. */
  readonly rival: boolean;
}

const verdicts: Readonly<Record<FindingName, Verdict>> = {
  cause: aVerdict(),
  unsure: aVerdict({ confidence: 0.5 }),
  split: aVerdict({ kind: 'split' }),
  unknown: (({ cause: _none, ...verdict }) => ({ ...verdict, kind: 'unknown' as const }))(aVerdict()),
  nothing: aVerdict({ cause: { workload: 'frontend', fault: 'none' } }),
};

/** When every world begins. */
export const begunAt = '2026-01-05T10:00:00.000Z';
/** The faked present. */
export const now = (): string => new Date().toISOString();

/** A small generator of numbers (Numerical Recipes' LCG): the same seed, the same order. */
export const numbersFrom = (seed: number) => {
  let state = seed >>> 0;
  return (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
};

/** The outside of a world and what the rules know of it; `trace` hears of every call that goes on. */
export const createOutside = (beginning: Beginning, trace: (line: string) => void) => {
  const durable = createDurable();
  const cluster = createModelCluster();
  const asked: Asked[] = [];
  const written: Written[] = [];
  let life: Life | undefined;
  let broken: unknown;
  let uids = 0;
  let looks = 0;
  const numbers = numbersFrom(7);
  const mode = (): Mode => life?.mode() ?? beginning.mode;
  const evidence: Evidence = { durable, asked, written, alone: !beginning.rival };
  const guarded = (check: () => void): void => {
    try {
      check();
    } catch (error) {
      // The code under test would take it for trouble of a port and try again.
      broken ??= error;
    }
  };
  const outside: Outside = {
    durable,
    cluster,
    clock: { now, nowMs: () => Date.now() },
    remedies: beginning.remedies,
    verdict: () => {
      const name = beginning.findings[looks % beginning.findings.length] ?? 'cause';
      looks += 1;
      return verdicts[name];
    },
    firstMode: beginning.mode,
    rival: beginning.rival,
    uid: () => {
      uids += 1;
      return `id-${String(uids).padStart(4, '0')}`;
    },
    random: () => (numbers() % 1_000) / 1_000,
    onPage: (before, after) => guarded(() => checkPage(before, after, evidence)),
    onWritten: (write) => {
      written.push(write);
      trace(`    written ${write.actionId} to ${write.patch.target.name}`);
      guarded(() => checkWrite(write, evidence));
      const recipe = (write.patch.body as { spec: { recipe: string } }).spec.recipe;
      const remedy = remedyNames.find((name) => name === recipe);
      cluster.health = remedy === undefined ? 'sick' : beginning.effects[remedy];
    },
    onRelease: (label) => trace(`    ${label}`),
  };
  return {
    outside,
    evidence,
    asked,
    mode,
    live: (next: Life) => {
      life = next;
    },
    settle: () => {
      if (broken !== undefined) throw broken;
    },
  };
};
