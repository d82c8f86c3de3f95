import { describe, expect, it } from 'vitest';
import { commands } from '../commands/index.ts';
import { emptyChain, linkRecord } from '../src/analysis/audit-chain.ts';
import type { AuditRecord } from '../src/domain/audit.ts';
import { BotError } from '../src/domain/bot-error.ts';
import type { CaseFile } from '../src/domain/case-file.ts';
import type { Chaos } from '../src/ports/chaos.ts';
import type { CommandTools, Reply } from '../src/ports/command.ts';
import type { Desk } from '../src/ports/desk.ts';
import { closedCase, escalatedCase, openCase, planHash, uid, waitingCase } from './adapters/slack-cases.ts';
import { memoryDesk } from './adapters/slack-stage.ts';
import { commandContract, wordsOf } from './contracts/command.ts';

/** A journal that tells of every page of the closed case, and of `more` that happened. */
const journalOf = (more = 0): readonly AuditRecord[] => {
  const verbs = ['open', 'context', 'verdict', 'plan', 'gates-passed', 'ask', 'write-result', 'close', 'post-mortem'];
  const records: AuditRecord[] = [];
  for (const verb of [...verbs, ...Array.from({ length: more }, () => 'alert-joined')]) {
    const entry = { uid, actor: 'ai4all-sre', verb, subject: 'paymentservice', detail: { planHash } };
    records.push(linkRecord(records.at(-1) ?? emptyChain, entry, '2026-11-22T18:30:00.000Z'));
  }
  return records;
};

const memoryChaos = () => {
  const injected: string[] = [];
  const chaos: Chaos = {
    label: 'the laboratory',
    faults: async () => [
      { name: 'bad-image', description: 'rolls out an image that does not exist', workload: 'paymentservice' },
    ],
    inject: async (name) => {
      if (injected.includes(name))
        throw new BotError('chaos_busy', 'This fault is active already; wait until it ends.');
      injected.push(name);
      return 'paymentservice has a new image.';
    },
  };
  return { chaos, injected };
};

const create = (
  options: { file?: CaseFile; trace?: readonly AuditRecord[]; chaos?: Chaos; desk?: Partial<Desk> } = {},
) => {
  const file = options.file ?? waitingCase();
  const memory = memoryDesk(new Map([[uid, file]]));
  const desk: Desk = { ...memory.desk, trace: async () => options.trace ?? [], ...options.desk };
  const tools: CommandTools = {
    desk,
    modelLabel: 'none',
    ...(options.chaos === undefined ? {} : { chaos: options.chaos }),
  };
  const type = async (line: string): Promise<Reply> => {
    const [name, ...words] = line.split(' ');
    const command = commands.find((one) => one.name === name);
    if (command === undefined) throw new Error(`no command ${name}`);
    return command.run({ words, by: { id: 'U0BOB0001', name: 'bob' }, channel: 'C0INCIDNT' }, tools);
  };
  const say = async (line: string): Promise<string> => wordsOf(await type(line));
  return { tools, type, say, ...memory };
};

for (const command of commands) {
  commandContract(command, () => create().tools);
  commandContract(command, () => create({ file: closedCase(), chaos: memoryChaos().chaos }).tools);
}

describe('/sre help', () => {
  it('lists every command with what it does', async () => {
    const words = await create().say('help');
    for (const { usage, summary } of commands) expect(words).toContain(`/sre ${usage}: ${summary}`);
  });

  it('explains one', async () => {
    expect(await create().say('help approve')).toContain('/sre approve <incident>');
    expect(await create().say('help nonsense')).toContain('There is no command “nonsense”');
  });
});

describe('/sre status', () => {
  it('says the mode in force and why, what people chose, what waits, the model and chaos', async () => {
    const words = await create().say('status');
    expect(words).toContain('Mode: watchtower (the bot watches and writes nothing); people chose supervised');
    expect(words).toContain('Because: Inference did not answer within 60 s.');
    expect(words).toContain('Open incidents: 1');
    expect(words).toContain('Waiting for a decision: 1');
    expect(words).toContain('Inference: none');
    expect(words).toContain('Chaos: none');
  });
});

describe('/sre incidents', () => {
  it('lists what is open, each with its thread', async () => {
    const { type, say } = create();
    expect(await say('incidents')).toContain('INC-7 awaiting approval · critical · paymentservice does not answer');
    expect((await type('incidents')).parts).toContainEqual(
      expect.objectContaining({ kind: 'list', items: [expect.objectContaining({ incident: uid })] }),
    );
  });

  it('says so when nothing is open, and lists the closed ones when asked', async () => {
    const { say } = create({ file: closedCase() });
    expect(await say('incidents')).toBe('No incident is open.');
    expect(await say('incidents all')).toContain('INC-7 resolved');
  });
});

describe('/sre show', () => {
  it('gives phase, cause, votes and the proposal that waits', async () => {
    const words = await create().say('show INC-7');
    expect(words).toContain('Phase: awaiting approval');
    expect(words).toContain('Cause: Bad image in paymentservice (agreed, 92 %)');
    expect(words).toContain('compute supports: Bad image in paymentservice (95 %)');
    expect(words).toContain('Proposal 1, roll-back deployment/paymentservice, risk low: waits for an approver');
  });

  it('gives the next step of an incident that was handed over', async () => {
    expect(await create({ file: escalatedCase() }).say('show 7')).toContain(
      'Next step: Find out why the image is missing.',
    );
  });

  it('says what to type when the incident is not known', async () => {
    expect(await create().say('show INC-99')).toBe(
      'There is no incident “INC-99”. Type /sre show INC-7, for example; /sre incidents all lists them.',
    );
  });
});

describe.each(['approve', 'reject', 'hold'])('/sre %s', (kind) => {
  it('gives the caller’s word on the plan that is there now', async () => {
    const { say, ballots } = create();
    expect(await say(`${kind} inc-7`)).toBe('INC-7: Noted.');
    expect(ballots).toEqual([{ uid, kind, by: { id: 'U0BOB0001', name: 'bob' }, via: 'command', planHash }]);
  });

  it('hands on what the desk refuses', async () => {
    const { say, answers } = create();
    answers(() => ({ ok: false, text: 'You are not an approver.' }));
    expect(await say(`${kind} 7`)).toBe('INC-7: You are not an approver.');
  });

  it('votes for nothing without an incident', async () => {
    const { say, ballots } = create();
    expect(await say(kind)).toContain('Which incident?');
    expect(ballots).toEqual([]);
  });
});

describe('/sre trace', () => {
  it('shows the chain, the journal, the Audit-IDs and how to join them with the audit log', async () => {
    const words = await create({ file: closedCase(), trace: journalOf() }).say('trace INC-7');
    expect(words).toMatch(/alert +\S+ HighErrorRatio firing: alertmanager, fingerprint f1, sent by alertmanager/);
    for (const link of ['evidence', 'verdict', 'plan', 'dry run', 'decision', 'write', 'verification', 'end']) {
      expect(words).toMatch(new RegExp(`\\n${link} `));
    }
    expect(words).toMatch(/#1 2026-11-22T18:30:00\.000Z ai4all-sre open paymentservice [0-9a-f]{12} <- 0{12}/);
    expect(words).toContain('is whole');
    expect(words).toContain(`Audit-ID ${uid}.act1`);
    expect(words).toContain(`grep '${uid}'`);
    expect(words).toContain(`npm run trace -- ${uid} --audit-log`);
  });

  it('names what was altered, and what is missing', async () => {
    const [first, second, third, ...rest] = journalOf();
    if (first === undefined || second === undefined || third === undefined) throw new Error('too short');
    const altered = [first, { ...second, subject: 'somebody else' }, third, ...rest];
    expect(await create({ file: closedCase(), trace: altered }).say('trace 7')).toMatch(/BROKEN[\s\S]*#2 was altered/);
    const shorter = [first, second, ...rest];
    expect(await create({ file: closedCase(), trace: shorter }).say('trace 7')).toContain('link "verdict" is missing');
  });

  it('shows the newest of many lines', async () => {
    const words = await create({ file: closedCase(), trace: journalOf(491) }).say('trace 7');
    expect(words).toContain('488 earlier lines are left out.');
    expect(words).toContain('#500 ');
  });

  it('never builds a command from a uid that is none', async () => {
    const file = openCase({ incident: { ...openCase().incident, uid: "x'; rm -rf /" } });
    expect(await create({ file }).say('trace INC-7')).not.toContain('grep');
  });
});

describe('/sre mode', () => {
  it('shows the mode, or changes it so that everybody sees it', async () => {
    const { say, type } = create();
    expect(await say('mode')).toContain('The mode is watchtower');
    expect(await type('mode Autonomous')).toMatchObject({ visibility: 'in_channel' });
    expect(await say('mode party')).toContain('There is no mode “party”');
  });

  it('keeps a refusal to the caller', async () => {
    const { type } = create({ desk: { setMode: async () => ({ ok: false, text: 'You may not.' }) } });
    expect(await type('mode autonomous')).toMatchObject({ visibility: 'ephemeral' });
  });
});

describe('/sre chaos', () => {
  it('injects nothing for somebody who may not approve', async () => {
    const { chaos, injected } = memoryChaos();
    const { say } = create({ chaos, desk: { permit: async () => ({ ok: false, text: 'You may not.' }) } });
    expect(await say('chaos inject bad-image')).toContain('You may not.');
    expect(injected).toEqual([]);
  });

  it('says plainly that a bot without chaos has none', async () => {
    expect(await create().say('chaos inject bad-image')).toContain('This bot has no chaos');
  });

  it('lists the faults, and injects one for everybody to see', async () => {
    const { chaos, injected } = memoryChaos();
    const { say, type } = create({ chaos });
    expect(await say('chaos')).toContain('bad-image (paymentservice): rolls out an image that does not exist');
    expect(await type('chaos inject bad-image')).toMatchObject({ visibility: 'in_channel' });
    expect(injected).toEqual(['bad-image']);
  });

  it('injects nothing that it does not know, and hands the tool’s advice on', async () => {
    const { chaos, injected } = memoryChaos();
    const { say } = create({ chaos });
    expect(await say('chaos inject meteor')).toContain('There is no fault “meteor”');
    await say('chaos inject bad-image');
    expect(await say('chaos inject bad-image')).toBe(
      'Nothing was injected: This fault is active already; wait until it ends.',
    );
    expect(injected).toEqual(['bad-image']);
  });
});

describe('/sre postmortem', () => {
  it('shows it, or says why there is none yet', async () => {
    expect(await create({ file: closedCase() }).say('postmortem INC-7')).toContain(
      'Lesson: Check that an image exists before a rollout.',
    );
    expect(await create().say('postmortem INC-7')).toContain('still open');
    expect(await create({ file: escalatedCase() }).say('postmortem 7')).toContain('being written');
  });
});
