import { describe, expect, it } from 'vitest';
import { createCaseStore } from '../../src/adapters/sqlite/case-store.ts';
import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { createJournal } from '../../src/adapters/sqlite/journal.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import type { Mode } from '../../src/domain/mode.ts';
import type { Check } from '../../src/domain/verification.ts';
import { createAskStep } from '../../src/flow/ask.ts';
import { createConcludeStep } from '../../src/flow/conclude.ts';
import { createExecuteStep } from '../../src/flow/execute.ts';
import { createDeliberateStep } from '../../src/flow/investigate.ts';
import { createVerifyStep } from '../../src/flow/verify.ts';
import { createWriteOnce } from '../../src/flow/write-once.ts';
import { aCase, aContext, aFinding, anAgreedCase, anAlert, aPlan, aVerdict, aWaitingAttempt } from '../fakes/cases.ts';
import { createStillClock, realIds, silentLog } from '../fakes/clock.ts';

const policy = { autoApproveSeconds: 60, approvalExpirySeconds: 600, verifySeconds: 60, verifyStableSeconds: 2 };
const decision = { kind: 'approved', by: [], at: '', planHash: 'hash-1', via: 'button', reason: '' } as const;
const rejected = { ...decision, kind: 'rejected' } as const;
const findings = { network: aFinding('network'), database: aFinding('database'), compute: aFinding('compute') };

/** A case as a slow process found it, and the same case after another process was faster. */
const stage = async (found: CaseFile) => {
  const database = openDatabase(':memory:');
  const clock = createStillClock();
  const journal = createJournal({ database, clock });
  const tools = { cases: createCaseStore({ database, clock }), journal, clock, ids: realIds, log: silentLog };
  const file = await tools.cases.create(found);
  const uid = file.incident.uid;
  return {
    tools,
    clock,
    file,
    goOn: async (change: Partial<CaseFile>): Promise<CaseFile> => {
      const stored = await tools.cases.replace({ ...file, ...change });
      if (stored === null) throw new Error('the other process was not faster');
      return stored;
    },
    now: () => tools.cases.read(uid),
  };
};

const attempt = aWaitingAttempt({ decision });
const next = aWaitingAttempt({}, aPlan({ id: 'plan-2', hash: 'hash-2', risk: 'high' }));

const executing = (tools: Awaited<ReturnType<typeof stage>>['tools'], mode: Mode) =>
  createExecuteStep({
    ...tools,
    writeOnce: createWriteOnce({
      writer: {
        challenge: async () => ({ kind: 'denied', by: 'admission', policy: 'p', message: 'no annotations' }),
        dryRun: () => Promise.reject(new Error('not asked')),
        readBack: () => Promise.reject(new Error('not asked')),
        write: () => Promise.reject(new Error('not asked')),
      },
    }),
    factsFor: () => Promise.reject(new Error('not asked')),
    vitalSigns: async () => [],
    mode: () => mode,
    meter: { count: () => undefined, observe: () => undefined, set: () => undefined },
  });

describe('a step that found the case as it no longer is', () => {
  it('does not refuse the write of an attempt that came later', async () => {
    const { tools, file, goOn, now } = await stage(anAgreedCase({ attempts: [attempt] }));
    const after = await goOn({ attempts: [aWaitingAttempt({ decision: rejected }), next] });
    await executing(tools, 'watchtower')(file);
    expect(await now()).toEqual(after);
  });

  it('does not put its refusal over an intent that another process has written down', async () => {
    const { tools, file, goOn, now } = await stage(anAgreedCase({ attempts: [attempt] }));
    const execution = { actionId: 'plan-1', intentAt: '2026-01-05T10:02:00.000Z' };
    const after = await goOn({ attempts: [{ ...attempt, execution }] });
    await executing(tools, 'watchtower')(file);
    expect(await now()).toEqual(after);
  });

  it('does not ask for one approver where the plan that came later needs two', async () => {
    const { ask: _none, decision: _undecided, ...reviewed } = attempt;
    const { ask: _neither, ...unasked } = next;
    const { tools, file, goOn, now } = await stage(anAgreedCase({ attempts: [reviewed] }));
    const after = await goOn({ attempts: [aWaitingAttempt({ decision: rejected }), unasked] });
    await createAskStep({ ...tools, policy, mode: () => 'autonomous' })(file);
    expect(await now()).toEqual(after);
  });

  it('does not write a verdict on evidence that was put aside', async () => {
    const { tools, file, goOn, now } = await stage(aCase({ context: aContext, findings }));
    const earlierLooks = [{ at: aContext.at, verdict: aVerdict({ kind: 'unknown' }), reason: 'no cause was found' }];
    const after = await goOn({ earlierLooks });
    await createDeliberateStep({ ...tools, director: { deliberate: async () => aVerdict() } })(file);
    expect(await now()).toEqual(after);
  });

  it('does not forget what another look saw meanwhile', async () => {
    const written = {
      actionId: 'a',
      intentAt: attempt.plan.at,
      finishedAt: attempt.plan.at,
      outcome: 'applied',
    } as const;
    const verification = {
      startedAt: '2026-01-05T10:00:00.000Z',
      deadline: '2026-01-05T10:01:00.000Z',
      checkedAt: '2026-01-05T10:00:02.000Z',
      wellSince: '2026-01-05T10:00:00.000Z',
      checks: [],
    };
    const executed = { ...attempt, execution: written, verification };
    const { tools, clock, file, goOn, now } = await stage(anAgreedCase({ attempts: [executed] }));
    const { wellSince: _unwell, ...unwell } = verification;
    const after = await goOn({
      attempts: [{ ...executed, verification: { ...unwell, checkedAt: '2026-01-05T10:00:04.000Z' } }],
    });
    clock.advance(6_000);
    const well: Check = { name: 'rollout of cartservice', passed: true, observation: 'fine' };
    await createVerifyStep({ ...tools, policy, vitalSigns: async () => [well] })(file);
    expect(await now()).toEqual(after);
  });

  it('does not close a case whose alert fires again', async () => {
    const resolved = { ...anAlert({ status: 'resolved' }), inboxId: 'i1', repeats: 0 };
    const { tools, clock, file, goOn, now } = await stage(aCase({ alerts: [resolved] }));
    clock.advance(60_000);
    const again = { ...anAlert({ receivedAt: clock.now() }), inboxId: 'i2', repeats: 0 };
    const after = await goOn({ alerts: [resolved, again] });
    await createConcludeStep(tools)(file);
    expect(await now()).toEqual(after);
  });

  it('closes a case that is as it was', async () => {
    const resolved = { ...anAlert({ status: 'resolved' }), inboxId: 'i1', repeats: 0 };
    const { tools, clock, file, now } = await stage(aCase({ alerts: [resolved] }));
    clock.advance(60_000);
    await createConcludeStep(tools)(file);
    expect((await now())?.closure?.outcome).toBe('self_resolved');
  });
});
