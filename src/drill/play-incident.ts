import { setTimeout as pause } from 'node:timers/promises';
import type { CaseFile } from '../domain/case-file.ts';
import type { Bot } from '../main.ts';
import type { Drill, DrillAlert } from './drill-file.ts';
import { sendAlert } from './send-alert.ts';

/** What became of the alerts: the first one's instant, and every incident, oldest first. */
export interface Played {
  readonly alertAt: string;
  readonly files: readonly CaseFile[];
  readonly isOver: boolean;
}

const lookEveryMs = 200;
const casesMax = 50;

/** Every incident of the bot, whole, oldest first. */
export const incidentsOf = async (bot: Bot): Promise<readonly CaseFile[]> => {
  const summaries = (await bot.cases.recent(casesMax)).toReversed();
  const files = await Promise.all(summaries.map(({ incident }) => bot.cases.read(incident.uid)));
  return files.filter((file) => file !== null);
};

const proposalWaits = (files: readonly CaseFile[]): boolean =>
  files.some(({ attempts }) => {
    const attempt = attempts.at(-1);
    return attempt?.ask !== undefined && attempt.decision === undefined;
  });

const isAtEnd = (files: readonly CaseFile[], told: number): boolean =>
  files.length > 0 &&
  files.every(({ rememberedAt }) => rememberedAt !== undefined) &&
  files.reduce((sum, { alerts }) => sum + alerts.length, 0) >= told;

/** Looks again and again until something holds or the time is over; resolves with the last look. */
const until = async (
  bot: Bot,
  deadlineMs: number,
  holds: (files: readonly CaseFile[]) => boolean,
): Promise<readonly CaseFile[]> => {
  for (;;) {
    const files = await incidentsOf(bot);
    if (holds(files) || Date.now() >= deadlineMs) return files;
    await pause(lookEveryMs);
  }
};

/** Sends one alert, and its resolution where the drill says that it goes away by itself. Resolves when both are told. */
const playAlert = async (bot: Bot, alert: DrillAlert, deadlineMs: number): Promise<string> => {
  await pause(alert.afterSeconds * 1000);
  const firing = { alert, startsAt: new Date().toISOString() };
  await sendAlert(bot.url, firing, 'firing');
  const { resolved } = alert;
  if (resolved === undefined) return firing.startsAt;
  if (resolved.when === 'proposal') await until(bot, deadlineMs, proposalWaits);
  await pause((resolved.afterSeconds ?? 0) * 1000);
  await sendAlert(bot.url, firing, 'resolved');
  return firing.startsAt;
};

/** Lets the alerts come and waits until every incident is at its end, at the longest for the drill's timeout. */
export const playIncident = async (bot: Bot, drill: Drill): Promise<Played> => {
  const patienceMs = Math.max(...drill.alert.map(({ afterSeconds }) => afterSeconds)) + drill.timeoutSeconds;
  const deadlineMs = Date.now() + patienceMs * 1000;
  const sent = await Promise.all(drill.alert.map((alert) => playAlert(bot, alert, deadlineMs)));
  const told = drill.alert.length + drill.alert.filter(({ resolved }) => resolved !== undefined).length;
  const files = await until(bot, deadlineMs, (seen) => isAtEnd(seen, told));
  return { alertAt: sent.toSorted()[0] ?? '', files, isOver: isAtEnd(files, told) };
};
