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
  // Longer than a crashing container lasts between two back-offs: what runs for a moment is not well.
  VERIFY_STABLE_SECONDS: '6',
} as const;

/** Far more than an idle machine needs: a busy one is slow, and a drill that begins blind or deaf rehearses nothing. */
const readyMsMax = 60_000;
const lookEveryMs = 50;

/** What is still missing: people must be heard, and what changes from now on must be recorded. Null when nothing is. */
const missing = async (bot: Bot): Promise<string | null> => {
  const unseen = bot.blindSpots().filter((spot) => spot.includes('not listed yet'));
  if (unseen.length > 0) return unseen.join('; ');
  const response = await fetch(`${bot.url}/readyz`, { signal: AbortSignal.timeout(readyMsMax) });
  const text = await response.text();
  return response.ok && text.includes('"ready"') ? null : text;
};

const untilReady = async (bot: Bot): Promise<void> => {
  for (const deadline = Date.now() + readyMsMax; ; await pause(lookEveryMs)) {
    const lack = await missing(bot);
    if (lack === null) return;
    if (Date.now() >= deadline) throw new Error(`the bot was not ready within ${readyMsMax / 1000} s: ${lack}`);
  }
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
