import type { CaseFile } from '../../src/domain/case-file.ts';
import type { BotProcess } from './bot-process.ts';
import { type CrashStage, isBot, startCrashStage, type Witnesses } from './crash-stage.ts';
import { allCases, troubleWithJournal, troubleWithThread, troubleWithWrites } from './once-checks.ts';
import { breakSelector, mendSelector, openTills, tillName, tillNamespace } from './tills.ts';

/** How a rehearsal is run. */
export interface Rehearsal {
  readonly incidents: number;
  readonly seed: number;
  /** Incidents that are open at the same time, at most; each has a workload of its own. */
  readonly atOnce: number;
  /** How long a life may last after it is ready. */
  readonly killAfterMs: readonly [least: number, most: number];
  /** The share of replies of the API server and of Slack that are lost after they took effect. */
  readonly lostShare: number;
  readonly timeoutMs: number;
  readonly say?: (line: string) => void;
}

/** What a rehearsal showed; `trouble` is empty when all is as it must be. */
export interface Outcome {
  readonly incidents: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly kills: number;
  readonly lostReplies: { readonly api: number; readonly slack: number };
  readonly writes: number;
  readonly messages: number;
  readonly seconds: number;
  readonly trouble: readonly string[];
}

/** Mulberry32: the same seed, the same numbers from 0 to below 1. */
const randomFrom = (seed: number) => {
  let state = seed >>> 0;
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** A bot that lives on has this long to bring every thread up to date: some minutes, and what Slack's pace for reading a thread needs. */
const toldMsMax = (incidents: number): number => 300_000 + incidents * 1_300;
/** Looking at everything keeps the laboratory, which is in the same process, from answering. */
const lookEveryMs = 10_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Loses replies by chance. The bot's watches are no replies, and its connection to Socket Mode must come about. */
const createLosses = (random: () => number, share: number) => {
  const lost = { api: 0, slack: 0 };
  const isLost = (kind: keyof typeof lost): 'go on' | 'hang up' => {
    if (random() >= share) return 'go on';
    lost[kind] += 1;
    return 'hang up';
  };
  const witnesses: Witnesses = {
    api: (when, { user, verb }) => (when === 'done' && verb !== 'watch' && isBot(user) ? isLost('api') : 'go on'),
    slack: (when) => (when === 'done' ? isLost('slack') : 'go on'),
  };
  return { lost, witnesses };
};

/** Kills the bot again and again until the returned function is called; resolves with the number of kills. */
const killAtRandom = (bot: BotProcess, random: () => number, [least, most]: Rehearsal['killAfterMs']) => {
  let isOver = false;
  const run = async (): Promise<number> => {
    for (let kills = 0; ; kills += 1) {
      await bot.url().catch(() => undefined);
      await pause(least + random() * (most - least));
      if (isOver || bot.accidents().length > 0) return kills;
      bot.kill();
    }
  };
  const done = run();
  return (): Promise<number> => {
    isOver = true;
    return done;
  };
};

const isEnded = async ({ stores }: CrashStage, workload: string, alert: string): Promise<boolean> => {
  const files = await stores.cases.recent(400);
  const mine = files.find((file) =>
    file.alerts.some(({ labels, name }) => labels.deployment === workload && name === alert),
  );
  return mine?.rememberedAt !== undefined;
};

/** One till after the other has its troubles, each with an end before the next begins. */
const runTill = async (stage: CrashStage, next: () => number | null, till: { name: string; until: number }) => {
  for (let number = next(); number !== null; number = next()) {
    const alert = `Trouble${number}`;
    mendSelector(stage.lab, till.name);
    breakSelector(stage.lab, till.name, tillNamespace);
    await stage.alert({ name: alert, workload: till.name, namespace: tillNamespace });
    while (!(await isEnded(stage, till.name, alert))) {
      if (Date.now() > till.until || stage.bot.accidents().length > 0) return;
      await pause(500);
    }
  }
};

const threadTrouble = async (stage: CrashStage, files: readonly CaseFile[]): Promise<readonly string[]> =>
  (await Promise.all(files.map((file) => troubleWithThread(stage, file)))).flat();

const countBy = (names: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

const look = async (stage: CrashStage, wanted: number) => {
  const files = await allCases(stage);
  const open = files.filter(({ rememberedAt }) => rememberedAt === undefined);
  const trouble = [
    ...stage.bot.accidents(),
    ...(files.length === wanted ? [] : [`${wanted} troubles, but ${files.length} incidents`]),
    ...open.map(({ incident }) => `INC-${incident.number} has no end`),
    ...troubleWithWrites(stage, files),
    ...(await troubleWithJournal(stage, files)),
    ...(await threadTrouble(stage, files)),
  ];
  return { files, trouble };
};

/** Runs incidents while the bot is killed at random and replies are lost; then lets it live and looks at what it left. */
export const rehearseRandomKills = async (rehearsal: Rehearsal): Promise<Outcome> => {
  const { incidents, seed, atOnce, killAfterMs, lostShare, timeoutMs, say = () => undefined } = rehearsal;
  const startedMs = Date.now();
  const random = randomFrom(seed);
  const { lost, witnesses } = createLosses(random, lostShare);
  const stage = await startCrashStage({
    witnesses: () => witnesses,
    config: {
      NAMESPACES: tillNamespace,
      AUTO_APPROVE_SECONDS: '5',
      VERIFY_SECONDS: '60',
      WRITES_PER_TEN_MINUTES_MAX: '1000',
      CRASH_FAST_SLACK: 'yes',
      LOG_LEVEL: 'warn',
    },
    laboratory: { auditEventsMax: 2_000_000, slack: { rateLimits: false, socketAckMs: 1_000 } },
  });
  try {
    await openTills(stage.lab, atOnce);
    const until = startedMs + timeoutMs;
    const stopKilling = killAtRandom(stage.bot, random, killAfterMs);
    let begun = 0;
    const next = (): number | null => {
      if (begun >= incidents) return null;
      begun += 1;
      if (begun % 10 === 0) say(`${begun} of ${incidents} incidents begun, life ${stage.bot.lives()}`);
      return begun;
    };
    await Promise.all(
      Array.from({ length: atOnce }, (_, till) => runTill(stage, next, { name: tillName(till), until })),
    );
    const kills = await stopKilling();
    const toldBy = Date.now() + toldMsMax(incidents);
    let seen = await look(stage, incidents);
    while (seen.trouble.length > 0 && stage.bot.accidents().length === 0 && Date.now() < toldBy) {
      await pause(lookEveryMs);
      seen = await look(stage, incidents);
    }
    const messages = stage.lab.slack.messages(stage.lab.slack.channels.incidents).length;
    return {
      incidents: seen.files.length,
      outcomes: countBy(seen.files.map(({ closure }) => closure?.outcome ?? 'open')),
      kills,
      lostReplies: lost,
      writes: seen.files.flatMap(({ attempts }) => attempts.filter(({ execution }) => execution?.outcome === 'applied'))
        .length,
      messages,
      seconds: Math.round((Date.now() - startedMs) / 1_000),
      trouble: seen.trouble,
    };
  } finally {
    await stage.close();
  }
};
