import { vi } from 'vitest';
import type { CaseFile } from '../../../src/domain/case-file.ts';
import { createLife, type Life } from './life.ts';
import { type Beginning, begunAt, createOutside, now } from './outside.ts';

/** The lines that a failure tells of what went before. */
const traceMax = 120;

/** The process that runs now, over an outside that stays, and the story of both. */
export const createStage = (beginning: Beginning) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.parse(begunAt) });
  const lines: string[] = [];
  const trace = (line: string): void => {
    lines.push(line);
    if (lines.length > traceMax) lines.shift();
  };
  const { outside, evidence, asked, live, settle } = createOutside(beginning, trace);
  let life: Life = createLife(outside);

  const begin = async (): Promise<void> => {
    life = createLife(outside);
    live(life);
    await life.start();
  };

  const restart = async (): Promise<void> => {
    life.turns.die();
    await begin();
  };

  return {
    outside,
    evidence,
    asked,
    trace,
    begin,
    restart,
    settle,
    life: (): Life => life,
    /** The case that was opened last. */
    newest: (): CaseFile | undefined => [...outside.durable.cases.values()].at(-1),
    /** Does something, waits until all is still, and fails with the story when a rule was broken. */
    told: async (what: string, act: () => unknown): Promise<void> => {
      trace(`  ${now()} ${what}`);
      try {
        await act();
        await life.turns.still();
        if (life.hasFailed()) await restart();
        settle();
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.stack : error}\nIt went so:\n${lines.join('\n')}`);
      }
    },
    /** Lets calls go on in the order in which they came, until it is enough. */
    drain: async (turnsMax: number, enough: () => boolean = () => false): Promise<void> => {
      for (let turns = 0; turns < turnsMax && life.turns.waiting() > 0 && !enough(); turns += 1)
        await life.turns.release(0);
    },
  };
};

/** See {@link createStage}. */
export type Stage = ReturnType<typeof createStage>;
