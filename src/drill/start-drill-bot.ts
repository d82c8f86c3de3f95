import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { environmentBeside } from '../demo/environment.ts';
import { type Bot, startBot } from '../main.ts';
import type { Stage } from './stage.ts';

/** The settings that make a rehearsal short; all else is as beside any laboratory. Seconds. */
const hurry = {
  AUTO_APPROVE_SECONDS: '5',
  APPROVAL_EXPIRY_SECONDS: '30',
  VERIFY_SECONDS: '40',
  VERIFY_STABLE_SECONDS: '2',
} as const;

const readyMsMax = 20_000;
const lookEveryMs = 50;

/** Ready: people are heard, and what changes from now on is recorded. */
const isReady = async (bot: Bot): Promise<boolean> => {
  if (bot.blindSpots().some((spot) => spot.includes('not listed yet'))) return false;
  const response = await fetch(`${bot.url}/readyz`, { signal: AbortSignal.timeout(readyMsMax) });
  return response.ok && (await response.text()).includes('"ready"');
};

const untilReady = async (bot: Bot): Promise<void> => {
  for (const deadline = Date.now() + readyMsMax; Date.now() < deadline; await pause(lookEveryMs)) {
    if (await isReady(bot)) return;
  }
  throw new Error(`the bot was not ready within ${readyMsMax / 1000} s: ${bot.blindSpots().join('; ')}`);
};

/** Starts the production bot on a stage, in a hurry, watching these namespaces. Resolves when it sees and hears. */
export const startDrillBot = async (stage: Stage, namespaces: readonly string[]): Promise<Bot> => {
  const environment = environmentBeside(stage.address, stage.dataDir, {
    ...hurry,
    NAMESPACES: namespaces.join(','),
    ...(stage.isKept ? { CHAOS: 'off' } : {}),
  });
  const log = pino(
    { base: { app: 'ai4all-sre' } },
    pino.destination({ dest: join(stage.dataDir, 'bot.log'), sync: true }),
  );
  const bot = await startBot(readConfig(environment), log);
  try {
    await untilReady(bot);
    return bot;
  } catch (error) {
    await bot.stop();
    throw error;
  }
};
