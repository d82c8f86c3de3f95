import { commands } from '../../commands/index.ts';
import { createSlack } from '../../src/adapters/slack/create-slack.ts';
import type { Slack } from '../../src/adapters/slack/slack.ts';
import type { SlackDeps } from '../../src/adapters/slack/slack-deps.ts';
import { type CaseFile, summaryOf } from '../../src/domain/case-file.ts';
import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from '../../src/lab/slack/local-slack.ts';
import type { BallotRequest, Desk, DeskAnswer } from '../../src/ports/desk.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Meter } from '../../src/ports/meter.ts';
import type { SeenLedger, Shown, ShownLedger } from '../../src/ports/shown-ledger.ts';

/** A ledger in memory. */
export const memoryShown = (): ShownLedger & { readonly entries: Map<string, Shown> } => {
  const entries = new Map<string, Shown>();
  return {
    entries,
    put: async (shown) => {
      entries.set(`${shown.uid} ${shown.key}`, shown);
    },
    of: async (uid) => [...entries.values()].filter((one) => one.uid === uid),
    byMessage: async (channel, ts) =>
      [...entries.values()].find((one) => one.channel === channel && one.ts === ts) ?? null,
  };
};

/** Remembers deliveries in memory. */
export const memorySeen = (): SeenLedger => {
  const keys = new Set<string>();
  return {
    first: async (key) => !keys.has(key) && keys.add(key) !== undefined,
    release: async (key) => {
      keys.delete(key);
    },
  };
};

/** A log that keeps its lines. */
export const memoryLog = (): Log & {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: object }[];
} => {
  const lines: { level: string; message: string; fields: object }[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields });
  };
  const log = { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log };
  return log;
};

/** A desk that writes down every ballot and answers as it is told. */
export const memoryDesk = (cases: Map<string, CaseFile>) => {
  const ballots: BallotRequest[] = [];
  let answer: (request: BallotRequest) => DeskAnswer = () => ({ ok: true, text: 'Noted.' });
  const desk: Desk = {
    vote: async (request) => {
      ballots.push(request);
      return answer(request);
    },
    find: async (handle) =>
      [...cases.values()].find(
        ({ incident }) =>
          incident.uid === handle || [`INC-${incident.number}`, String(incident.number)].includes(handle.toUpperCase()),
      ) ?? null,
    open: async () => [...cases.values()].filter((file) => file.closure === undefined).map(summaryOf),
    recent: async (limit) => [...cases.values()].slice(-limit).map(summaryOf),
    trace: async () => [],
    mode: () => ({
      chosen: 'supervised',
      effective: 'watchtower',
      since: '2026-11-22T18:00:00.000Z',
      reason: 'Inference did not answer within 60 s.',
    }),
    setMode: async (mode) => ({ ok: true, text: `The mode is now ${mode}.` }),
    permit: async () => ({ ok: true, text: 'You may.' }),
  };
  return {
    desk,
    ballots,
    answers: (next: (request: BallotRequest) => DeskAnswer) => {
      answer = next;
    },
  };
};

/** The real clock. */
export const realClock = { now: () => new Date().toISOString(), nowMs: () => Date.now() };

/** Everything around one bot on one local Slack. */
export interface Stage {
  readonly lab: LocalSlack;
  readonly bot: Slack;
  readonly cases: Map<string, CaseFile>;
  readonly shown: ReturnType<typeof memoryShown>;
  readonly log: ReturnType<typeof memoryLog>;
  readonly counted: { readonly name: string; readonly labels?: Readonly<Record<string, string>> | undefined }[];
  readonly desk: ReturnType<typeof memoryDesk>;
  /** Stores the case and tells the view. */
  tell(file: CaseFile): void;
  /** A second life of the bot on the same Slack, ledgers and cases. */
  another(more?: Partial<SlackDeps['config']>): Slack;
  close(): Promise<void>;
}

/** A local Slack with a bot on it, not yet started. The bot may write faster than Slack allows, unless `slow`. */
export const setStage = async (
  options: LocalSlackOptions & {
    readonly slow?: boolean;
    readonly config?: Partial<SlackDeps['config']>;
    readonly paces?: SlackDeps['paces'];
  } = {},
): Promise<Stage> => {
  const { slow, config, paces, ...slackOptions } = options;
  const lab = await startLocalSlack(slackOptions);
  const cases = new Map<string, CaseFile>();
  const shown = memoryShown();
  const seen = memorySeen();
  const log = memoryLog();
  const counted: Stage['counted'] = [];
  const meter: Meter = {
    count: (name, labels) => void counted.push({ name, labels }),
    observe: () => undefined,
    set: () => undefined,
  };
  const desk = memoryDesk(cases);
  const fast = { perSecond: 50, burst: 50 };
  const bots: Slack[] = [];
  const another: Stage['another'] = (more = {}) => {
    const bot = createSlack({
      config: {
        mode: 'socket',
        botToken: lab.botToken,
        appToken: lab.appToken,
        signingSecret: lab.signingSecret,
        apiUrl: lab.apiUrl,
        channel: '#incidents',
        approverIds: [],
        approverGroup: 'S0SREAPPR',
        ...config,
        ...more,
      },
      desk: desk.desk,
      cases: {
        read: async (uid) => cases.get(uid) ?? null,
        open: async () => [...cases.values()].filter((file) => file.rememberedAt === undefined).map(summaryOf),
        recent: async (limit) => [...cases.values()].slice(-limit).map(summaryOf),
      },
      shown,
      seen,
      commands,
      tools: { desk: desk.desk, modelLabel: 'none' },
      meter,
      log,
      clock: realClock,
      modelLabel: 'none',
      random: () => 0,
      ...(slow === true ? {} : { paces: paces ?? { post: fast, edit: fast } }),
    });
    bots.push(bot);
    return bot;
  };
  const bot = another();
  return {
    lab,
    bot,
    cases,
    shown,
    log,
    counted,
    desk,
    another,
    tell: (file) => {
      cases.set(file.incident.uid, file);
      for (const one of bots) one.view.show(file.incident.uid);
    },
    close: async () => {
      await Promise.all(bots.map((one) => one.stop()));
      await lab.close();
    },
  };
};
