import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import { startBot } from '../../src/main.ts';
import { killAtNewBoundaries, type Meet, withTripWire } from './trip-wire.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the parent says: begin with this environment, or let the clock be wrong by so much. */
interface Word {
  readonly env?: Environment;
  readonly jumpMs?: number;
  /** Whether every write to the store fails from now on, as on a disk without room. */
  readonly diskFull?: boolean;
}

const fastPaces = { post: { perSecond: 30, burst: 30 }, edit: { perSecond: 30, burst: 30 } };
let jumpMs = 0;
let diskFull = false;
const clock = {
  now: () => new Date(Date.now() + jumpMs).toISOString(),
  nowMs: () => Date.now() + jumpMs,
};

const begin = async (env: Environment): Promise<void> => {
  jumpMs = Number(env.CRASH_CLOCK_JUMP_MS ?? 0);
  const log = pino({ level: env.LOG_LEVEL ?? 'info' }, pino.destination({ dest: env.CRASH_LOG ?? 2, sync: true }));
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  const ledger = env.CRASH_LEDGER;
  const killing = ledger === undefined ? () => undefined : killAtNewBoundaries(ledger);
  const meet: Meet = (boundary) => {
    if (diskFull && boundary.startsWith('before ')) throw new Error('database or disk is full');
    killing(boundary);
  };
  const bot = await startBot(readConfig(env), log, {
    clock,
    // The pace is no matter of a crash, and three hundred threads would take an hour at Slack's own.
    ...(env.CRASH_FAST_SLACK === undefined ? {} : { slackPaces: fastPaces }),
    stores: (stores) => withTripWire(stores, meet),
  });
  process.send?.({ url: bot.url });
};

process.on('message', ({ env, jumpMs: jump, diskFull: full }: Word) => {
  jumpMs = jump ?? jumpMs;
  diskFull = full ?? diskFull;
  if (env === undefined) return;
  begin(env).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});
// A parent that is gone must not leave bots behind.
process.on('disconnect', () => process.exit(0));
