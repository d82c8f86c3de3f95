import { describe, expect, it } from 'vitest';
import { createCaseStore } from '../../src/adapters/sqlite/case-store.ts';
import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { createJournal } from '../../src/adapters/sqlite/journal.ts';
import type { Attempt } from '../../src/domain/attempt.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Mode } from '../../src/domain/mode.ts';
import { shortName } from '../../src/domain/workload.ts';
import type { GuardFacts } from '../../src/flow/adjudicators.ts';
import { createExecuteStep, createUndoStep } from '../../src/flow/execute.ts';
import { next } from '../../src/flow/next.ts';
import { withAttempt } from '../../src/flow/road.ts';
import { createWriteOnce } from '../../src/flow/write-once.ts';
import type { ClusterWriter } from '../../src/ports/cluster-writer.ts';
import { anAgreedCase, aPlan, aWaitingAttempt } from '../fakes/cases.ts';
import { createStillClock, realIds, silentLog } from '../fakes/clock.ts';

const target = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'online-boutique', name: 'cartservice' };
const decision: Decision = {
  kind: 'approved',
  by: [],
  at: '2026-01-05T10:01:00.000Z',
  planHash: 'hash-1',
  via: 'button',
  reason: '',
};

/** One Deployment behind an API that works. */
const oneDeployment = () => {
  const state = { version: 1, actionId: '', writes: 0 };
  const object = (): JsonObject => ({
    metadata: {
      uid: 'u1',
      resourceVersion: String(state.version),
      annotations: { 'sre.ai4all.dev/action-id': state.actionId },
    },
  });
  const writer: ClusterWriter = {
    challenge: async () => ({ kind: 'denied', by: 'admission', policy: 'p', message: 'no annotations' }),
    dryRun: async () => ({ kind: 'accepted', before: object(), after: object() }),
    readBack: async (_target, id) => ({
      kind: id === state.actionId ? 'ours' : 'not_ours',
      resourceVersion: String(state.version),
      object: object(),
    }),
    write: async (_patch, stamp) => {
      state.version += 1;
      state.writes += 1;
      state.actionId = stamp.actionId;
      return { kind: 'written', resourceVersion: String(state.version), auditId: '' };
    },
  };
  return { state, object, writer };
};

const stage = async (attempt: Attempt) => {
  const database = openDatabase(':memory:');
  const clock = createStillClock();
  const tools = {
    cases: createCaseStore({ database, clock }),
    journal: createJournal({ database, clock }),
    clock,
    ids: realIds,
    log: silentLog,
  };
  const world = oneDeployment();
  let mode: Mode = 'autonomous';
  let meanwhile = async (): Promise<void> => undefined;
  const file = await tools.cases.create(anAgreedCase({ attempts: [attempt] }));
  const facts = (): GuardFacts => ({
    file,
    namespaces: ['online-boutique'],
    live: new Map(attempt.plan.patches.map((patch) => [shortName(patch.target), world.object()])),
    policies: { outcome: 'found', value: [{ name: 'p', action: 'Deny', ready: true }], query: '' },
    dryRuns: attempt.plan.patches.map(() => ({ kind: 'accepted', before: {}, after: {} })),
    lockedBy: new Map(),
    writesInTenMinutes: 0,
    writesPerTenMinutesMax: 10,
  });
  const deps = {
    ...tools,
    writeOnce: createWriteOnce(world),
    factsFor: async () => facts(),
    vitalSigns: async () => {
      await meanwhile();
      return [];
    },
    mode: () => mode,
    meter: { count: () => undefined, observe: () => undefined, set: () => undefined },
  };
  const newest = async () => (await tools.cases.read(file.incident.uid)) ?? file;
  return {
    world,
    newest,
    tools,
    setMode: (next: Mode) => {
      mode = next;
    },
    whileItLooks: (act: () => Promise<void>) => {
      meanwhile = act;
    },
    execute: async () => createExecuteStep(deps)(await newest()),
    undo: async () => createUndoStep(deps)(await newest()),
    attempt: async () => (await newest()).attempts.at(-1),
  };
};

const approvedAttempt = (): Attempt =>
  aWaitingAttempt({ decision }, aPlan({ patches: [{ target, type: 'merge', body: {} }] }));

describe('carrying a remedy out', () => {
  it('writes once under the id that the dry run showed, and knows it again after a restart', async () => {
    const { execute, world, attempt } = await stage(approvedAttempt());
    await execute();
    await execute();
    expect(world.state).toMatchObject({ writes: 1, actionId: 'plan-1' });
    expect((await attempt())?.execution).toMatchObject({ outcome: 'applied', actionId: 'plan-1' });
  });

  it('writes nothing without an approval of that very plan', async () => {
    const { execute, world, attempt } = await stage({
      ...approvedAttempt(),
      decision: { ...decision, planHash: 'another' },
    });
    await execute();
    expect(world.state.writes).toBe(0);
    expect((await attempt())?.execution?.outcome).toBe('refused');
  });

  it('writes nothing when the approval is withdrawn and the plan rejected while it still looks', async () => {
    const { execute, world, attempt, whileItLooks, tools, newest } = await stage(approvedAttempt());
    whileItLooks(async () => {
      const file = await newest();
      await tools.cases.replace(withAttempt(file, { decision: { ...decision, kind: 'rejected' } }));
    });
    await execute();
    expect(world.state.writes).toBe(0);
    expect((await attempt())?.execution).toBeUndefined();
  });

  it('does not write in watchtower mode, not even an intent from before', async () => {
    const intent = { actionId: 'plan-1', intentAt: '2026-01-05T10:02:00.000Z' };
    const { execute, world, attempt, setMode } = await stage({ ...approvedAttempt(), execution: intent });
    setMode('watchtower');
    await execute();
    expect(world.state.writes).toBe(0);
    expect((await attempt())?.execution).toMatchObject({ outcome: 'refused', actionId: 'plan-1' });
  });

  it('does not write when watchtower mode begins while the object is read back', async () => {
    const { execute, world, attempt, setMode } = await stage(approvedAttempt());
    const { readBack } = world.writer;
    Object.assign(world.writer, {
      readBack: (...asked: Parameters<typeof readBack>) => {
        setMode('watchtower');
        return readBack(...asked);
      },
    });
    await execute();
    expect(world.state.writes).toBe(0);
    expect((await attempt())?.execution?.outcome).toBe('refused');
  });

  it('leaves to a person what the window approved, once the mode needs people', async () => {
    const ask = {
      at: '2026-01-05T10:00:00.000Z',
      expiresAt: '2026-01-05T10:30:00.000Z',
      autoApproveAt: '2026-01-05T10:01:00.000Z',
      autoReason: '',
      approversNeeded: 1,
    };
    const auto = { ...decision, kind: 'auto', via: 'auto' } as const;
    const { execute, world, attempt, setMode } = await stage({ ...approvedAttempt(), ask, decision: auto });
    setMode('supervised');
    await execute();
    expect(world.state.writes).toBe(0);
    const left = await attempt();
    expect(left?.execution).toBeUndefined();
    expect(left?.decision).toBeUndefined();
    expect(left?.ask).toMatchObject({ autoReason: 'the mode was changed to supervised', expiresAt: ask.expiresAt });
    expect(left?.ask).not.toHaveProperty('autoApproveAt');
  });

  it('does not write what the window approved when the mode is changed while the object is read back', async () => {
    const auto = { ...decision, kind: 'auto', via: 'auto' } as const;
    const { execute, world, attempt, setMode } = await stage({ ...approvedAttempt(), decision: auto });
    const { readBack } = world.writer;
    Object.assign(world.writer, {
      readBack: (...asked: Parameters<typeof readBack>) => {
        setMode('supervised');
        return readBack(...asked);
      },
    });
    await execute();
    expect(world.state.writes).toBe(0);
    expect((await attempt())?.execution).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(/a person/),
    });
  });

  it('finds an intent that was written before the crash, even in watchtower mode', async () => {
    const intent = { actionId: 'plan-1', intentAt: '2026-01-05T10:02:00.000Z' };
    const { execute, world, attempt, setMode } = await stage({ ...approvedAttempt(), execution: intent });
    world.state.actionId = 'plan-1';
    setMode('watchtower');
    await execute();
    expect(world.state.writes).toBe(0);
    expect((await attempt())?.execution?.outcome).toBe('applied');
  });
});

describe('undoing a remedy', () => {
  it('applies the inverse under an id of its own', async () => {
    const { execute, undo, world, attempt } = await stage(approvedAttempt());
    await execute();
    await undo();
    expect(world.state.writes).toBe(2);
    expect(world.state.actionId).not.toBe('plan-1');
    expect((await attempt())?.undo?.outcome).toBe('applied');
  });

  it('takes back the half of a remedy that was carried out, and only that half', async () => {
    const other = { ...target, name: 'redis-cart' };
    const patches = [target, other].map((each) => ({ target: each, type: 'merge' as const, body: {} }));
    const half = aWaitingAttempt({ decision }, aPlan({ patches, inverse: patches }));
    const { execute, undo, world, newest, attempt } = await stage(half);
    const { write } = world.writer;
    const asked: string[] = [];
    Object.assign(world.writer, {
      write: async (...[patch, stamp]: Parameters<typeof write>) => {
        asked.push(patch.target.name);
        return patch.target.name === other.name
          ? { kind: 'denied', by: 'admission', policy: 'p', message: 'no' }
          : write(patch, stamp);
      },
    });
    await execute();
    expect((await attempt())?.execution).toMatchObject({
      outcome: 'failed',
      written: [{ target: expect.stringMatching(/cartservice/) }],
    });
    expect(next(await newest(), '2026-01-05T10:02:00.000Z')).toEqual({ kind: 'step', step: 'undo' });
    await undo();
    expect(asked).toEqual([target.name, other.name, target.name]);
    expect((await attempt())?.undo).toMatchObject({ outcome: 'applied' });
    expect(next(await newest(), '2026-01-05T10:02:00.000Z')).toEqual({ kind: 'step', step: 'propose' });
  });

  it('keeps its hands off what somebody else changed since', async () => {
    const { execute, undo, world, attempt } = await stage(approvedAttempt());
    await execute();
    world.state.actionId = 'somebody-else';
    await undo();
    expect(world.state.writes).toBe(1);
    expect((await attempt())?.undo).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('somebody else'),
    });
  });
});
