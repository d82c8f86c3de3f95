import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CaseFile } from '../../../src/domain/case-file.ts';
import { shopNamespace } from '../../../src/lab/laboratory.ts';
import { waitUntil } from '../../stories/wait-until.ts';
import type { BotProcess } from '../bot-process.ts';
import { createCaseWatch, isAsked, isEnded } from '../case-watch.ts';
import { type CrashStage, isEffect, startCrashStage, type Witnesses } from '../crash-stage.ts';
import { breakSelector, mendSelector, openTills, rollOutTag, tillName, tillNamespace } from '../tills.ts';

const folder = mkdtempSync(join(tmpdir(), 'ai4all-sre-boundaries-'));
const pagesPath = join(folder, 'pages');
const effects = new Set<string>();
const walkMsMax = 900_000;
let stage: CrashStage;

const keyIn = (metadata: unknown): string => {
  const parsed = typeof metadata === 'string' ? JSON.parse(metadata) : metadata;
  return String(parsed?.event_payload?.key ?? '').replace(/\d+/g, '#');
};

/** Kills the bot once before and once after each kind of outside effect, the first time that it comes there. */
const killAtNewEffects = (bot: () => BotProcess | undefined): Witnesses => {
  const meet = (boundary: string): 'go on' | 'hang up' => {
    if (effects.has(boundary)) return 'go on';
    effects.add(boundary);
    bot()?.kill();
    return 'hang up';
  };
  const words = { arrived: 'before', done: 'after' } as const;
  return {
    api: (when, moment) =>
      isEffect(moment)
        ? meet(`${words[when]} ${moment.verb} ${moment.plural}${moment.dryRun ? ' (dry run)' : ''}`)
        : 'go on',
    slack: (when, { method, args }) =>
      /^(chat|files|views)\./.test(method) && method !== 'files.info'
        ? meet(`${words[when]} ${method} ${keyIn(args.metadata)}`)
        : 'go on',
  };
};

const settings = {
  NAMESPACES: `${shopNamespace},${tillNamespace}`,
  VERIFY_SECONDS: '30',
  // Time enough for the world to get worse before it is called well.
  VERIFY_STABLE_SECONDS: '4',
  APPROVAL_EXPIRY_SECONDS: '3600',
};

beforeAll(async () => {
  stage = await startCrashStage({
    boundaries: pagesPath,
    witnesses: killAtNewEffects,
    config: { ...settings, AUTO_APPROVE_SECONDS: '5' },
    laboratory: { slack: { rateLimits: false, socketAckMs: 1_000 } },
  });
  await openTills(stage.lab, 4);
}, 240_000);

afterAll(async () => {
  await stage?.close();
  rmSync(folder, { recursive: true });
}, 60_000);

const { caseOf, untilCase, untilAllIsTold, proposalOf } = createCaseWatch(() => stage, walkMsMax);
/** A person who clicks until the click has told: a bot that dies in between answers nothing. */
const clickUntil = async (workload: string, actionId: string, isDone: (file: CaseFile) => boolean): Promise<void> => {
  for (;;) {
    const file = await untilCase(workload, `${actionId} is possible or done`, (one) => isAsked(one) || isDone(one));
    if (isDone(file)) return;
    const place = await proposalOf(file);
    const user = stage.lab.slack.users.bob;
    if (place !== null) await stage.lab.slack.people.click({ user, ...place, actionId }).catch(() => undefined);
    await Promise.race([
      untilCase(workload, `${actionId} told`, isDone),
      new Promise((resolve) => setTimeout(resolve, 3_000)),
    ]);
  }
};

/** Boundaries at which the bot was killed on one side only. */
const halfWalked = (): readonly string[] => {
  const walked = new Set([...readFileSync(pagesPath, 'utf8').split('\n').filter(Boolean), ...effects]);
  const otherSide = (boundary: string): string =>
    boundary.startsWith('before ') ? boundary.replace('before', 'after') : boundary.replace('after', 'before');
  return [...walked].filter((boundary) => !walked.has(otherSide(boundary)));
};

const begin = async (workload: string): Promise<void> => {
  breakSelector(stage.lab, workload, tillNamespace);
  await stage.alert({ name: 'TillsComplain', workload, namespace: tillNamespace });
};

describe('a bot that is killed at every page boundary and around every outside effect', { timeout: walkMsMax }, () => {
  it('heals, finds a false alarm, and undoes what made things worse, as if nothing had been', async () => {
    const healing = async (): Promise<CaseFile> => {
      await begin(tillName(0));
      return untilCase(tillName(0), 'it ends', isEnded);
    };
    const worsening = async (): Promise<CaseFile> => {
      await begin(tillName(1));
      await untilCase(tillName(1), 'the write is intended', ({ attempts }) => attempts[0]?.execution !== undefined);
      rollOutTag(stage.lab, tillName(1), 'lost');
      return untilCase(tillName(1), 'it ends', isEnded);
    };
    const falselyAlarmed = async (): Promise<CaseFile> => {
      await stage.alert({ name: 'TillsComplain', workload: 'emailservice' });
      return untilCase('emailservice', 'it ends', isEnded);
    };
    // Alone, because where something else is broken no alarm is false.
    const falseAlarm = await falselyAlarmed();
    const [healed, undone] = await Promise.all([healing(), worsening()]);
    expect(healed.attempts).toMatchObject([{ decision: { kind: 'auto' }, verification: { verdict: 'recovered' } }]);
    expect(healed.closure).toMatchObject({ outcome: 'resolved' });
    expect(undone.attempts[0]).toMatchObject({ verification: { verdict: 'worse' }, undo: { outcome: 'applied' } });
    expect(undone.closure).toMatchObject({ outcome: 'escalated' });
    // A life of a second may not see what was changed lately; then a person is told, and nothing is done.
    expect(['no_action', 'escalated']).toContain(falseAlarm.closure?.outcome);
    expect(falseAlarm.attempts).toEqual([]);
    await untilAllIsTold();
    // What a person does who was called; else the next incident would take it for a trouble of its own.
    mendSelector(stage.lab, tillName(1));
    rollOutTag(stage.lab, tillName(1), 'v0.10.1');
  });

  it('hears an emoji that came while it was dead, a rejection and a hold, each once', async () => {
    const { bob } = stage.lab.slack.users;
    await stage.bot.rest();
    stage.bot.wake({ AUTO_APPROVE_SECONDS: '1800' });
    const approvedWhileDead = async (): Promise<CaseFile> => {
      await begin(tillName(2));
      const file = await untilCase(tillName(2), 'it is asked', isAsked);
      const place = await waitUntil({
        what: 'the proposal stands in the thread',
        look: () => proposalOf(file),
        holds: (found) => found !== null,
        describe: () => `page ${file.version}`,
        timeoutMs: walkMsMax,
      });
      await stage.bot.rest();
      if (place !== null) await stage.lab.slack.people.react({ user: bob, ...place, name: '+1' });
      stage.bot.wake();
      return untilCase(tillName(2), 'it ends', isEnded);
    };
    const rejected = async (): Promise<CaseFile> => {
      await begin(tillName(3));
      const isHeld = ({ attempts }: CaseFile) => attempts.at(-1)?.heldBy !== undefined;
      await clickUntil(tillName(3), 'hold', isHeld);
      for (let round = 1; ; round += 1) {
        const isDecided = (file: CaseFile) => file.attempts.length > round || file.closure !== undefined;
        await clickUntil(tillName(3), 'reject', isDecided);
        if ((await caseOf(tillName(3)))?.closure !== undefined) return untilCase(tillName(3), 'it ends', isEnded);
      }
    };
    const [approved, handedOver] = await Promise.all([approvedWhileDead(), rejected()]);
    expect(approved.attempts).toMatchObject([
      { ballots: [{ kind: 'approve', by: { id: bob } }], decision: { kind: 'approved', via: 'emoji' } },
    ]);
    expect(approved.closure).toMatchObject({ outcome: 'resolved' });
    expect(handedOver.attempts.every(({ decision }) => decision?.kind === 'rejected')).toBe(true);
    expect(handedOver.attempts[0]?.ballots.map(({ kind }) => kind)).toEqual(['hold', 'reject']);
    expect(handedOver.closure).toMatchObject({ outcome: 'escalated' });
    await untilAllIsTold();
  });

  it('has been killed on both sides of each', async () => {
    // That a thread is complete is entered last, when nothing can be under way into it any more.
    await vi.waitFor(() => expect(halfWalked()).toEqual([]), { timeout: 60_000, interval: 500 });
    const patches = ['patch services', 'patch services (dry run)'];
    expect([...effects]).toEqual(
      expect.arrayContaining(patches.flatMap((patch) => [`before ${patch}`, `after ${patch}`])),
    );
    // A walk that met few boundaries would be no walk: the pages of three roads, the ledgers, the messages.
    expect(readFileSync(pagesPath, 'utf8').split('\n').length + effects.size).toBeGreaterThan(100);
  });
});
