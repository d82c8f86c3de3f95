import { describe, expect, it } from 'vitest';
import { renderConsensus } from '../../src/adapters/slack/render-consensus.ts';
import { renderContext } from '../../src/adapters/slack/render-context.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import { viewOptions, waitingCase } from './slack-cases.ts';

const silence = (source: string, reason: string): Evidence => {
  const { context } = waitingCase();
  const window = context?.window ?? { from: '', to: '' };
  const observation = `No answer about ${source}: ${reason}.`;
  const kind = 'trace' as const;
  return {
    id: `E-${source}`,
    kind,
    subject: source,
    window,
    query: 'q',
    outcome: 'unreachable',
    observation,
    hash: 'h',
  };
};

/** A case whose collector heard nothing from these sources, each for its reason. */
const without = (reasons: Readonly<Record<string, string>>, more: readonly Evidence[] = []): CaseFile => {
  const file = waitingCase();
  const silent = Object.entries(reasons).map(([source, reason]) => silence(source, reason));
  return file.context === undefined
    ? file
    : { ...file, context: { ...file.context, unreachable: Object.keys(reasons), evidence: [...silent, ...more] } };
};

const wordsOf = (file: CaseFile): string => renderContext(file, viewOptions)?.text ?? '';

describe('a source that gave no answer', () => {
  it.each([
    ['metrics', 'fetch failed: ECONNREFUSED', 'whether calls fail, wait or pile up'],
    ['logs', 'HTTP 502: bad gateway', 'errors that only the workloads themselves tell of'],
    ['traces', 'no answer within 8 s', 'between two workloads or inside one'],
    ['events', '403: events is forbidden', 'what Kubernetes reported of pods'],
  ])('is named in the thread with the reason and what it means: %s', (source, reason, meaning) => {
    const words = wordsOf(without({ [source]: reason }));
    expect(words).toContain('“nothing is wrong” cannot be said');
    const line = words.split('\n').find((one) => one.startsWith(`• ${source}`));
    expect(line).toContain(`(${reason})`);
    expect(line).toContain(meaning);
  });

  it('is one of few that are explained when all are silent; the others are named', () => {
    const sources = ['metrics', 'topology', 'workloads', 'services', 'events', 'changes', 'nodes', 'policies'];
    const words = wordsOf(without(Object.fromEntries(sources.map((source) => [source, 'timed out']))));
    expect(words).toContain('• and also nodes, policies');
  });

  it('is named beside the verdict, with its meaning when it is the only one', () => {
    const file = waitingCase();
    const account = { strongest: [], beside: [], ruledOut: [], ruledOutMore: 0, unanswered: ['traces'] };
    const judged = (unanswered: readonly string[]): string =>
      file.verdict === undefined
        ? ''
        : (renderConsensus({ ...file, verdict: { ...file.verdict, account: { ...account, unanswered } } })?.text ?? '');
    expect(judged(['traces'])).toContain('No answer from: traces. Whether calls wait between two workloads');
    expect(judged(['traces', 'logs'])).toContain('No answer from: traces, logs. What they know is missing here');
  });
});

describe('the strongest evidence', () => {
  const seen = (id: string, more: Partial<Evidence>): Evidence => ({
    ...silence('paymentservice', ''),
    ...{ id, outcome: 'found', observation: `seen ${id}`, ...more },
  });
  const pattern = { template: 'card refused', level: 'error', example: 'card refused' } as const;

  it('is no log in which nothing became more frequent', () => {
    const calm = seen('E90', {
      kind: 'log',
      data: { kind: 'log', workload: 'paymentservice', patterns: [{ ...pattern, count: 10, countBefore: 10 }] },
    });
    expect(wordsOf(without({}, [calm]))).toContain('none of the sources shows anything unusual');
  });

  it('tells instants of the same day as times of the clock', () => {
    const at = waitingCase().context?.window.to ?? '';
    const killed = seen('E91', {
      observation: `Killed at ${at.slice(0, 11)}18:29:30.000Z, and before on 2026-10-01T01:02:03Z.`,
      kind: 'log',
      data: { kind: 'log', workload: 'paymentservice', patterns: [{ ...pattern, count: 90, countBefore: 0 }] },
    });
    expect(wordsOf(without({}, [killed]))).toContain('Killed at 18:29:30 UTC, and before on 2026-10-01T01:02:03Z.');
  });
});
