import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderConsensus } from '../../src/adapters/slack/render-consensus.ts';
import type { Account } from '../../src/domain/account.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { limits } from '../../src/limits.ts';
import { evidence, waitingCase } from './slack-cases.ts';

const account: Account = {
  strongest: ['E3', 'E2', 'E1'],
  beside: [],
  counter: {
    cause: { workload: 'frontend', fault: 'code-fault' },
    confidence: 0.6,
    evidence: ['E1'],
    because: 'outweighed: 60 % against 92 %',
  },
  ruledOut: [
    { workload: 'paymentservice', fault: 'memory-limit', evidence: ['E1'], because: 'memory stayed below its limit' },
    { workload: 'redis-cart', evidence: [], because: 'it is ready, and its signals are ordinary' },
  ],
  ruledOutMore: 2,
  unanswered: ['logs'],
};

const caseWith = (more: Partial<Account>, change: Partial<CaseFile> = {}): CaseFile => {
  const file = waitingCase(change);
  return file.verdict === undefined
    ? file
    : { ...file, verdict: { ...file.verdict, account: { ...account, ...more } } };
};

const wordsOf = (file: CaseFile): string => renderConsensus(file)?.text ?? '';

describe('the consensus message', () => {
  it('says why: what speaks for it, what against it, what was ruled out, and who did not answer', () => {
    const words = wordsOf(caseWith({}));
    expect(words).toContain('Strongest evidence\n• [E3] ImagePullBackOff');
    expect(words).toContain(
      'Speaks against it\n• Application fault in frontend, likely (60 %) [E1]: outweighed: 60 % against 92 %',
    );
    expect(words).toContain('• Memory limit too low in paymentservice [E1]: memory stayed below its limit');
    expect(words).toContain('• redis-cart: it is ready, and its signals are ordinary');
    expect(words).toContain('• and 2 more that were looked at');
    expect(words).toContain('No answer from: logs');
  });

  it('says that nothing speaks against it only as far as it was looked at', () => {
    const { counter: _counter, ...unopposed } = account;
    const file = caseWith({});
    const verdict = file.verdict === undefined ? undefined : { ...file.verdict, account: unopposed };
    expect(wordsOf({ ...file, ...(verdict && { verdict }) })).toContain(
      'nothing that was looked at, but not everything could be',
    );
  });

  it('tells of a cause beside it only as long as the case is still about that', () => {
    const cause = { workload: 'cartservice', fault: 'bad-image' } as const;
    const file = caseWith({ beside: [{ cause, evidence: ['E2'] }] });
    expect(wordsOf(file)).not.toContain('cartservice');
    const { verdict } = file;
    expect(wordsOf({ ...file, ...(verdict && { verdict: { ...verdict, others: [cause] } }) })).toContain(
      'Bad image in cartservice [E2]',
    );
  });

  it('calls only that a dissent which contradicts: what is broken beside the cause is added', () => {
    const cause = { workload: 'cartservice', fault: 'selector-drift' } as const;
    const { verdict, ...file } = caseWith({});
    if (verdict === undefined) throw new Error('the case has no verdict');
    const votes = [{ specialist: 'network', cause, confidence: 0.95, stance: 'dissents' }] as const;
    const dissent = ['The network specialist suspects selector-drift at cartservice.'];
    const contradicted = wordsOf({ ...file, verdict: { ...verdict, votes, dissent } });
    expect(contradicted).toContain('NetworkAgent dissents: Service selector drift in cartservice');
    expect(contradicted).toContain('Dissent\n• The network specialist suspects');
    const beside = wordsOf({ ...file, verdict: { ...verdict, votes, dissent, others: [cause] } });
    expect(beside).toContain('NetworkAgent adds: Service selector drift in cartservice');
    expect(beside).not.toContain('Dissent');
  });

  it('shows a verdict from before there were accounts as it was shown then', () => {
    const words = wordsOf(waitingCase());
    expect(words).toContain('Strongest evidence\n• [E3] ImagePullBackOff');
    expect(words).not.toContain('Ruled out');
  });

  it('stays within its bounds and harmless, whatever names and reasons say', () => {
    const nasty = fc.oneof(
      fc.constantFrom(
        '<!channel>',
        '<@U0BOB0001>',
        '*bold*',
        '`x`',
        ':white_check_mark:',
        '<https://evil.example|x>',
        '&lt;',
      ),
      fc.string({ unit: 'binary', maxLength: 3_000 }),
    );
    fc.assert(
      fc.property(fc.array(nasty, { minLength: 8, maxLength: 8 }), (texts) => {
        const observed = evidence.map((each, index) => ({ ...each, observation: texts[index] ?? '' }));
        const file = caseWith({
          ruledOut: texts.map((text) => ({ workload: text, evidence: ['E1'], because: text })),
          unanswered: texts,
        });
        const { context } = file;
        const message = renderConsensus({ ...file, ...(context && { context: { ...context, evidence: observed } }) });
        const chars = JSON.stringify(message?.blocks);
        expect(message?.text.length).toBeLessThanOrEqual(3_500);
        expect(chars.length).toBeLessThan(2 * limits.messageCharsMax);
        expect(message?.text).not.toMatch(/<[!@#]/);
        expect(message?.text).not.toContain(':white_check_mark:');
      }),
      { numRuns: 60 },
    );
  });
});
