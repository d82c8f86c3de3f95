import closeWithGrace from 'close-with-grace';
import { type DemoOptions, readDemoOptions, usage } from './demo/options.ts';
import { type DemoOutcome, judgeOutcome } from './demo/outcome.ts';
import { progressLine } from './demo/progress.ts';
import { say, startDemo } from './demo/start-demo.ts';
import type { CaseFile } from './domain/case-file.ts';
import type { Bot } from './main.ts';

/** One incident must end within this; the slowest fault needs about a third of it. */
const incidentMsMax = 240_000;
const showMsMax = 10_000;

/** Prints a line whenever a case reaches a new place on the road. */
const followProgress = (bot: Bot, options: DemoOptions): void => {
  const last = new Map<string, string>();
  bot.cases.subscribe(async (uid) => {
    const file = await bot.cases.read(uid);
    const line = file === null ? '' : progressLine(file);
    if (line === (last.get(uid) ?? '')) return;
    last.set(uid, line);
    say(options, line);
  });
};

/** Resolves with the first case that is at its end and shown to be, or with the unfinished one when the time is over. */
const untilCaseEnds = (bot: Bot): Promise<CaseFile | null> =>
  new Promise((resolve) => {
    const timer = setTimeout(async () => {
      const [newest] = await bot.cases.recent(1);
      resolve(newest === undefined ? null : await bot.cases.read(newest.incident.uid));
    }, incidentMsMax);
    const stop = bot.cases.subscribe(async (uid) => {
      const file = await bot.cases.read(uid);
      // A duplicate is no end: its incident goes on in another case.
      if (file?.rememberedAt === undefined || file.closure?.outcome === 'duplicate') return;
      clearTimeout(timer);
      stop();
      resolve(file);
    });
  });

/** The thread follows the case file; leaving before its last message is shown would leave people without it. */
const untilShown = async (bot: Bot, file: CaseFile): Promise<void> => {
  for (const deadline = Date.now() + showMsMax; Date.now() < deadline; ) {
    if ((await bot.shown(file)).some(({ key }) => key === 'postmortem')) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const runOnce = async (options: DemoOptions): Promise<DemoOutcome | null> => {
  const { lab, bot } = await startDemo(options, process.env);
  followProgress(bot, options);
  const fault = lab.chaos.faults.find(({ name }) => name === options.fault);
  const ended = untilCaseEnds(bot);
  const { done } = lab.chaos.inject(
    options.fault,
    options.workload === undefined ? {} : { workload: options.workload },
  );
  say(options, `chaos: ${done}`);
  const file = await ended;
  if (file?.postMortem !== undefined) await untilShown(bot, file);
  await lab.untilSettled(10_000).catch(() => undefined);
  const outcome =
    file === null || fault === undefined
      ? null
      : judgeOutcome(file, await bot.shown(file), {
          name: fault.name,
          ...fault.truth,
          remedies: fault.remedies,
          isWell: fault.isWell(),
        });
  await bot.stop();
  await lab.close();
  return outcome;
};

const runOpenEnded = async (options: DemoOptions): Promise<void> => {
  const { lab, bot, dataDir } = await startDemo(options, process.env);
  followProgress(bot, options);
  closeWithGrace({ delay: 10_000, logger: false }, async () => {
    await bot.stop();
    await lab.close();
  });
  const { done } = lab.chaos.inject(
    options.fault,
    options.workload === undefined ? {} : { workload: options.workload },
  );
  say(options, `chaos: ${done}`);
  say(options, `the bot's log, post-mortems and the cluster's audit log are in ${dataDir}`);
  process.stdout.write(`\nOpen the local Slack:  ${lab.slack.url}\n\n`);
  say(options, 'Ctrl-C ends the demo; /sre chaos lists more faults to try');
};

const listFaults = async (): Promise<void> => {
  const { faultKinds } = await import('./lab/chaos/faults/index.ts');
  for (const { name, description } of faultKinds) process.stdout.write(`${name.padEnd(18)} ${description}\n`);
};

const reportOnce = async (options: DemoOptions): Promise<number> => {
  const outcome = await runOnce(options);
  if (outcome === null) {
    process.stdout.write(
      `${JSON.stringify({ fault: options.fault, passed: false, outcome: 'no incident was opened' })}\n`,
    );
    return 1;
  }
  if (options.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  else
    say(
      options,
      outcome.passed
        ? 'passed: the app is well again, and the right thing was done'
        : `failed: ${outcome.failures.join('; ')}`,
    );
  return outcome.passed ? 0 : 1;
};

const run = async (): Promise<number | null> => {
  const options = readDemoOptions(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(usage);
    return 0;
  }
  if (options.list) {
    await listFaults();
    return 0;
  }
  if (options.once) return reportOnce(options);
  await runOpenEnded(options);
  return null;
};

run().then(
  (code) => {
    if (code !== null) process.exit(code);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
