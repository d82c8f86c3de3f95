import { mineTemplates } from '../analysis/log-templates.ts';
import { logStrength, observeLog } from '../analysis/observe-object.ts';
import type { EvidenceDraft } from '../analysis/rank-evidence.ts';
import { redact } from '../analysis/redact.ts';
import type { LogData } from '../domain/evidence.ts';
import { limits } from '../limits.ts';
import type { Answer } from '../ports/answer.ts';
import type { LogLine, Logs } from '../ports/logs.ts';
import { createTurns } from './collect-turns.ts';
import type { CollectWindows } from './collect-windows.ts';
import { answerWithin, firstSilence, type Gathered, heldBy, type Patience } from './collect-within.ts';

/** Logs are read of so many workloads at most, the nearest first, and so many templates are kept of each. */
const workloadsMax = 16;
const patternsMax = 8;
const questionsAtOnce = 4;
const linesMin = 100;

/** Masking comes before everything else: no later step may see a secret. */
const masked = (answer: Answer<readonly LogLine[]>): readonly string[] =>
  (heldBy(answer) ?? []).map(({ text }) => redact(text.slice(0, limits.logLineCharsMax)));

const bounded = (data: LogData): LogData => ({
  ...data,
  patterns: data.patterns.map((pattern) => ({
    ...pattern,
    template: pattern.template.slice(0, limits.observationCharsMax),
    example: pattern.example.slice(0, limits.observationCharsMax),
  })),
});

interface LogRead {
  readonly workload: string;
  readonly now: Answer<readonly LogLine[]>;
  readonly before: Answer<readonly LogLine[]>;
}

const draftOf = ({ workload, now, before }: LogRead, windows: CollectWindows): EvidenceDraft | undefined => {
  if (now.outcome !== 'found') return undefined;
  const patterns = mineTemplates({ now: masked(now), before: masked(before), limit: patternsMax });
  const data = bounded({ kind: 'log', workload, patterns });
  return {
    kind: 'log',
    subject: workload,
    window: windows.window,
    query: now.query,
    ...(now.link === undefined ? {} : { link: now.link }),
    outcome: 'found',
    observation: observeLog(data),
    data,
    workloads: [workload],
    strength: logStrength(data),
  };
};

const quietDraft = (reads: readonly LogRead[], windows: CollectWindows): readonly EvidenceDraft[] => {
  const quiet = reads.filter(({ now }) => now.outcome === 'empty');
  const [first] = quiet;
  if (first === undefined) return [];
  return [
    {
      kind: 'log',
      subject: quiet.map(({ workload }) => workload).join(', '),
      window: windows.window,
      query: first.now.query,
      outcome: 'empty',
      observation: `No log line in the window from ${quiet.map(({ workload }) => workload).join(', ')}.`,
      workloads: quiet.map(({ workload }) => workload),
      strength: 0.05,
    },
  ];
};

/** Reads and groups the logs of the nearest workloads, now and in a quiet window of the same length. */
export const collectLogs = async (request: {
  readonly logs: Logs;
  readonly namespace: string;
  readonly windows: CollectWindows;
  readonly workloads: readonly string[];
  readonly patience: Patience;
}): Promise<Gathered> => {
  const { logs, namespace, windows, patience } = request;
  const inTurn = createTurns(questionsAtOnce);
  const workloads = request.workloads.slice(0, workloadsMax);
  const limit = Math.max(linesMin, Math.floor(limits.logLinesMax / Math.max(1, workloads.length)));
  const read = (workload: string, window: 'window' | 'quiet') =>
    inTurn(() =>
      answerWithin(
        () => logs.lines({ namespace, workload, window: windows[window], limit }),
        `logs of ${workload} in ${namespace}`,
        patience(),
      ),
    );
  const reads = await Promise.all(
    workloads.map(async (workload) => {
      const [now, before] = await Promise.all([read(workload, 'window'), read(workload, 'quiet')]);
      return { workload, now, before };
    }),
  );
  return {
    drafts: [...reads.flatMap((each) => draftOf(each, windows) ?? []), ...quietDraft(reads, windows)],
    silent: firstSilence(
      'logs',
      'log',
      reads.flatMap(({ now, before }) => [now, before]),
    ),
  };
};
