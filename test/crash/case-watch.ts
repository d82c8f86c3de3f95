import { expect } from 'vitest';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { waitUntil } from '../stories/wait-until.ts';
import type { CrashStage } from './crash-stage.ts';
import { allCases, troubleWithJournal, troubleWithThread, troubleWithWrites } from './once-checks.ts';

/** Follows incidents from outside while their bot lives, dies and cannot reach its surroundings. */
export interface CaseWatch {
  /** The newest incident of a workload. */
  caseOf(workload: string): Promise<CaseFile | undefined>;
  /** Resolves with the newest incident of a workload as soon as it is as hoped. */
  untilCase(workload: string, what: string, holds: (file: CaseFile) => boolean): Promise<CaseFile>;
  /** Resolves when every incident is at its end and its thread says so; expects that nothing was doubled, lost or left out. */
  untilAllIsTold(): Promise<readonly CaseFile[]>;
  /** Where the newest proposal of a case stands; null while it does not. */
  proposalOf(file: CaseFile): Promise<{ readonly channel: string; readonly ts: string } | null>;
}

/** The road is at its end. */
export const isEnded = (file: CaseFile): boolean => file.rememberedAt !== undefined;

/** Its newest proposal waits for people. */
export const isAsked = ({ attempts }: CaseFile): boolean =>
  attempts.at(-1)?.ask !== undefined && attempts.at(-1)?.decision === undefined;

/** A watch over the incidents of a stage; each wait ends after `patienceMs`. */
export const createCaseWatch = (stage: () => CrashStage, patienceMs: number): CaseWatch => {
  const describeCase = (file: CaseFile | undefined): string =>
    file === undefined
      ? 'no case'
      : `INC-${file.incident.number} page ${file.version}, ${file.attempts.length} attempts, ${file.closure?.reason ?? 'open'}; life ${stage().bot.lives()}; ${stage().bot.accidents().join()}`;

  const caseOf: CaseWatch['caseOf'] = async (workload) =>
    (await allCases(stage())).findLast(({ alerts }) => alerts.some(({ labels }) => labels.deployment === workload));

  return {
    caseOf,
    untilCase: async (workload, what, holds) => {
      const file = await waitUntil({
        what: `${workload}: ${what}`,
        look: () => caseOf(workload),
        holds: (found) => stage().bot.accidents().length > 0 || (found !== undefined && holds(found)),
        describe: describeCase,
        timeoutMs: patienceMs,
      });
      if (file === undefined || !holds(file)) throw new Error(`${workload}: ${what}: ${describeCase(file)}`);
      return file;
    },
    untilAllIsTold: async () => {
      await waitUntil({
        what: 'every incident is told to its end',
        look: async () => {
          const files = await allCases(stage());
          const open = files.filter((file) => !isEnded(file)).map(describeCase);
          return [...open, ...(await Promise.all(files.map((file) => troubleWithThread(stage(), file)))).flat()];
        },
        holds: (trouble) => trouble.length === 0 || stage().bot.accidents().length > 0,
        describe: (trouble) => trouble.join('; '),
        timeoutMs: patienceMs,
      });
      const files = await allCases(stage());
      expect(stage().bot.accidents()).toEqual([]);
      expect(troubleWithWrites(stage(), files)).toEqual([]);
      expect(await troubleWithJournal(stage(), files)).toEqual([]);
      return files;
    },
    proposalOf: async ({ incident, attempts }) => {
      const key = `proposal:${attempts.length}`;
      const shown = (await stage().stores.shown.of(incident.uid)).find((one) => one.key === key);
      return shown === undefined ? null : { channel: shown.channel, ts: shown.ts };
    },
  };
};
