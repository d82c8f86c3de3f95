import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartPng } from '../../src/adapters/slack/chart-png.ts';
import type { Message } from '../../src/adapters/slack/message.ts';
import { renderThread } from '../../src/adapters/slack/render-thread.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { markupOf, slackTroubles, tagsOf } from './slack-block-rules.ts';
import {
  approved,
  attempt,
  closedCase,
  escalatedCase,
  openCase,
  plan,
  viewOptions,
  waitingCase,
} from './slack-cases.ts';

const thread = (file: CaseFile): readonly Message[] => renderThread(file, viewOptions);
const keys = (file: CaseFile): readonly string[] => thread(file).map(({ key }) => key);
const find = (file: CaseFile, key: string): Message => {
  const found = thread(file).find((one) => one.key === key);
  if (found === undefined) throw new Error(`no message ${key}`);
  return found;
};
const everyWords = (file: CaseFile, key: string): string => markupOf(find(file, key)).join('\n');
const buttonsOf = (message: Message) =>
  message.blocks
    .flatMap((block) => (block.type === 'actions' ? block.elements : []))
    .filter((one) => one.type === 'button');

describe('a thread is a function of the case file', () => {
  it('shows a new case as its root message alone', () => {
    expect(keys(openCase())).toEqual(['root']);
  });

  it('grows in one order, each message under its own key', () => {
    expect(keys(waitingCase())).toEqual([
      'root',
      'context',
      'analysis:network',
      'analysis:database',
      'analysis:compute',
      'consensus',
      'proposal:1',
    ]);
    expect(keys(closedCase())).toEqual([...keys(waitingCase()), 'result:1', 'postmortem']);
    expect(keys(escalatedCase())).toEqual([...keys(waitingCase()), 'handover']);
  });

  it('shows each specialist as soon as its finding exists', () => {
    const { compute } = waitingCase().findings;
    const file = waitingCase({ findings: compute === undefined ? {} : { compute }, attempts: [] });
    expect(keys(file)).toContain('analysis:compute');
    expect(keys(file)).not.toContain('analysis:network');
  });

  it('tells in one line what is doubtful about the alerts, and that the workload they name does not exist', () => {
    const file = waitingCase();
    const [alert] = file.alerts;
    if (alert === undefined) throw new Error('the case has an alert');
    expect(everyWords(file, 'context')).not.toContain('Doubtful');
    const suspect = { namespace: file.incident.namespace, kind: 'Deployment', name: 'ghost' } as const;
    const doubtful: CaseFile = {
      ...file,
      incident: { ...file.incident, suspect },
      alerts: [{ ...alert, doubts: ['The start "<!channel>" cannot be read.'] }],
    };
    const [line] = everyWords(doubtful, 'context')
      .split('\n')
      .filter((words) => words.includes('*Doubtful:*'));
    expect(line).toContain('The start "&lt;!channel&gt;" cannot be read.');
    expect(line).toContain(`There is no workload ghost in namespace ${file.incident.namespace}.`);
  });

  it('renders the same case twice to the same thread', () => {
    expect(thread(waitingCase())).toEqual(thread(waitingCase()));
  });

  it('keeps every state within the limits of Slack', () => {
    for (const file of [openCase(), waitingCase(), closedCase(), escalatedCase()]) {
      expect(thread(file).flatMap((message) => slackTroubles(message))).toEqual([]);
    }
  });
});

describe('the root message', () => {
  it('is at most eight lines and says status, number, severity, workload and uid in words', () => {
    for (const file of [openCase(), waitingCase(), closedCase(), escalatedCase()]) {
      const { text } = find(file, 'root');
      expect(text.split('\n').length).toBeLessThanOrEqual(8);
      expect(text).toMatch(/INC-7 · paymentservice does not answer/);
      expect(text).toMatch(/severity Critical · deployment\/paymentservice in online-boutique/);
      expect(text).toContain(`Incident-UID ${file.incident.uid}`);
    }
  });

  it('says what comes next while a proposal waits, with the deadline in the reader’s own time', () => {
    const words = everyWords(waitingCase(), 'root');
    expect(words).toContain('Waiting for a decision');
    expect(words).toContain(
      'Roll back deployment/paymentservice starts by itself at <!date^1795372320^{time_secs}|18:32:00 UTC>',
    );
    expect(words).toContain('Bad image in paymentservice, very likely (92 %)');
  });

  it('says who holds it', () => {
    const heldBy = {
      kind: 'hold',
      by: { id: 'U0ALICE01', name: 'alice' },
      at: approved.plan.at,
      planHash: plan.hash,
      via: 'emoji',
    } as const;
    expect(everyWords(waitingCase({ attempts: [attempt({ heldBy })] }), 'root')).toContain('held by alice');
  });
});

describe('the context message', () => {
  it('counts the traces that were read, where there are any', () => {
    const file = waitingCase();
    expect(everyWords(file, 'context')).not.toContain('Traces');
    if (file.context === undefined) throw new Error('no context');
    const traced = { ...file, context: { ...file.context, traces: { now: 31, quiet: 64 } } };
    expect(everyWords(traced, 'context')).toContain("31 of the incident's window and 64 of the quiet one");
  });

  it('numbers the evidence, names recent changes, what could not be reached and what was seen before', () => {
    const words = everyWords(waitingCase(), 'context');
    expect(words).toContain('*[E1]* The share of failed requests');
    expect(words).toContain(
      'kubectl-set changed deployment/paymentservice `/spec/template/spec/containers/0/image`: `paymentservice:v1` → `paymentservice:v2-does-not-exist`',
    );
    expect(words).toMatch(/Could not be reached\* \(.*\)\n• \*loki\*: what it knows is missing/);
    expect(words).toContain('the same signature');
    expect(words).toContain('Inference: none');
  });

  it('carries a picture of the signal that raised the case, described by numbers', async () => {
    const { attachment } = find(waitingCase(), 'context');
    expect(attachment?.alt).toContain('42 % at its highest');
    const png = await chartPng(attachment?.content ?? '');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    // Without its fonts the picture would be a third smaller: text vanishes silently.
    expect(png.length).toBeGreaterThan(15_000);
  });

  it('shows the picture only when Slack holds it', () => {
    const withFile = renderThread(waitingCase(), { ...viewOptions, files: { context: 'F1' } });
    expect(withFile[1]?.blocks.some((block) => block.type === 'image')).toBe(true);
    expect(find(waitingCase(), 'context').blocks.some((block) => block.type === 'image')).toBe(false);
  });

  it('says that a model reads along when one does', () => {
    const messages = renderThread(waitingCase(), { ...viewOptions, modelLabel: 'ollama (llama3.2)' });
    expect(messages[1]?.text).toContain('Inference: ollama (llama3.2), local');
  });
});

describe('a proposal', () => {
  it('shows risk, blast radius, gates, diff, kubectl and how to decide', () => {
    const words = everyWords(waitingCase(), 'proposal:1');
    expect(words).toContain('Roll back deployment/paymentservice');
    expect(words).toContain('one pod of paymentservice');
    expect(words).toMatch(/Gates: all passed[\s\S]*kyverno/);
    expect(words).toContain('+  image: paymentservice:v1');
    expect(words).toContain('kubectl -n online-boutique rollout undo deployment/paymentservice');
    expect(words).toContain(':white_check_mark: approve · :no_entry: reject · :raised_hand: hold');
    expect(words).toContain('<!subteam^S0SREAPPR>');
  });

  it('binds each button to the plan, and asks again before an approval', () => {
    const buttons = buttonsOf(find(waitingCase(), 'proposal:1'));
    expect(buttons.map((one) => one.action_id)).toEqual(['approve', 'reject', 'hold']);
    expect(buttons.every((one) => one.value?.includes(plan.hash))).toBe(true);
    expect(buttons[0]?.confirm?.text.text).toContain('Roll back deployment/paymentservice');
  });

  it('asks for two approvers and for the button when the risk is high', () => {
    const ask = { at: plan.at, expiresAt: plan.at, autoReason: 'high risk never is.', approversNeeded: 2 };
    const file = waitingCase({ attempts: [attempt({ plan: { ...plan, risk: 'high' }, ask })] });
    const words = everyWords(file, 'proposal:1');
    expect(words).toContain('needs 2 approvers');
    expect(words).toContain('No auto-approve:* high risk never is.');
    expect(buttonsOf(find(file, 'proposal:1'))[0]?.confirm?.text.text).toContain('It needs 2 approvers.');
  });

  it('loses its buttons after the decision and says who decided, by which way', () => {
    const decided = find(waitingCase({ attempts: [approved] }), 'proposal:1');
    expect(buttonsOf(decided)).toEqual([]);
    expect(decided.text).toContain('Approved by bob, by emoji');
  });

  it('names the gate that failed and why', () => {
    const gates = [{ name: 'kyverno', passed: false, reason: 'require-limits denied the patch' }];
    const file = waitingCase({
      attempts: [attempt({ review: { at: plan.at, planHash: plan.hash, gates, passed: false, diff: '' } })],
    });
    expect(everyWords(file, 'proposal:1')).toContain(':x: kyverno *failed*: require-limits denied the patch');
  });

  it('forgets an approval that was withdrawn', () => {
    const by = { id: 'U0BOB0001', name: 'bob' };
    const ballot = { by, at: plan.at, planHash: plan.hash, via: 'emoji' } as const;
    const voted = attempt({ ballots: [{ ...ballot, kind: 'approve' }] });
    const withdrawn = attempt({ ballots: [...voted.ballots, { ...ballot, kind: 'withdraw' }] });
    expect(everyWords(waitingCase({ attempts: [voted] }), 'proposal:1')).toContain('1 of 1 (bob)');
    expect(everyWords(waitingCase({ attempts: [withdrawn] }), 'proposal:1')).not.toContain('(bob)');
  });
});

describe('the end of a thread', () => {
  it('tells a person what to do next and what to type', () => {
    const words = everyWords(escalatedCase(), 'handover');
    expect(words).toContain('Find out why the image is missing.');
    expect(words).toContain('kubectl -n online-boutique describe deployment/paymentservice');
  });

  it('never puts a name into a command that the API server would refuse', () => {
    const hostile = escalatedCase();
    const file: CaseFile = { ...hostile, incident: { ...hostile.incident, namespace: 'x; rm -rf /' } };
    expect(everyWords(file, 'handover')).not.toContain('kubectl -n x');
  });

  it('carries the post-mortem as a file for the thread', () => {
    const { attachment } = find(closedCase(), 'postmortem');
    expect(attachment).toMatchObject({ place: 'thread', name: 'INC-7-post-mortem.md', format: 'markdown' });
  });

  it('shows where the write can be traced and that it helped', () => {
    const words = everyWords(closedCase(), 'result:1');
    expect(words).toContain('Audit-ID `0197a6c2-7d1e-7c3a-9f00-000000000007.act1`');
    expect(words).toContain('Recovered');
  });
});

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom(
    '<!channel>',
    '<@U0ALICE01>',
    '<https://evil.example|click>',
    '```\n<!here>\n```',
    '*bold* _it_ ~no~ `code`',
    '&lt;!channel&gt;',
    ':white_check_mark: Approved by bob',
    '\u202egnp.exe\u0000',
    '<'.repeat(5_000),
    '`'.repeat(3_000),
    'a'.repeat(20_000),
    '\ud83d',
    '|>|<|',
  ),
);

// Every string of a case file, one after the other, replaced by something nasty. Instants and union words stay what they are.
const poisoned = (value: unknown, next: () => string, key = ''): unknown => {
  const fixed =
    /^(kind|status|severity|via|specialist|stance|fault|action|type|signal|outcome|inference|risk|state|phase|level|uid|hash|planHash)$/;
  if (typeof value === 'string') return fixed.test(key) || /(^at|At|from|to|deadline)$/.test(key) ? value : next();
  if (Array.isArray(value)) return value.map((one) => poisoned(one, next));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poisoned(one, next, name)]));
};

describe('a hostile world', () => {
  const cases = [openCase, waitingCase, closedCase, escalatedCase] as const;
  const worlds = fc.tuple(fc.constantFrom(...cases), fc.array(nasty, { minLength: 1, maxLength: 12 }));
  const hostile = (make: () => CaseFile, words: readonly string[]): CaseFile => {
    let index = 0;
    return poisoned(make(), () => words[index++ % words.length] ?? '') as CaseFile;
  };

  it('cannot push a message past what Slack accepts', () => {
    fc.assert(
      fc.property(worlds, ([make, words]) => {
        for (const message of thread(hostile(make, words))) {
          expect(slackTroubles(message)).toEqual([]);
          expect(markupOf({ blocks: message.blocks }).join('').length).toBeLessThanOrEqual(8_000);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('cannot mention, link, format or leave a code block', () => {
    const ours = /^(!date\^\d+\^[^|]+\|\d\d:\d\d:\d\d UTC|!subteam\^S0SREAPPR)$/;
    fc.assert(
      fc.property(worlds, ([make, words]) => {
        for (const markup of thread(hostile(make, words)).flatMap(markupOf)) {
          expect(tagsOf(markup).filter((tag) => !ours.test(tag))).toEqual([]);
          expect(markup.replace(/<[^>]*>/g, '')).not.toMatch(/[<>]/);
          expect(markup.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
          expect(markup).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]/u);
          expect(markup.split('```').length % 2).toBe(1);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('cannot vote with an emoji of its own', () => {
    const file = openCase();
    const words = everyWords({ ...file, incident: { ...file.incident, title: ':white_check_mark: approved' } }, 'root');
    expect(words).not.toContain(':white_check_mark:');
  });

  it('says when a message had to be cut', () => {
    const long = closedCase();
    const findings = Array.from({ length: 400 }, (_, index) => ({
      name: `check ${index}`,
      passed: false,
      reason: 'x'.repeat(240),
    }));
    const file = {
      ...long,
      attempts: [attempt({ review: { at: plan.at, planHash: plan.hash, gates: findings, passed: false, diff: '' } })],
    };
    expect(find(file, 'proposal:1').text.length).toBeLessThanOrEqual(3_500);
    expect(everyWords(file, 'proposal:1')).toContain('shortened');
  });
});
