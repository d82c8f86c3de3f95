import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

type Environment = Readonly<Record<string, string | undefined>>;

/** A bot in a process of its own that is started anew whenever it is killed. */
export interface BotProcess {
  /** The webhook's address of the life that runs now; resolves when it is ready. */
  url(): Promise<string>;
  /** SIGKILL, now. The next life begins at once, unless the bot is resting. */
  kill(): void;
  /** Kills the bot and keeps it down. */
  rest(): Promise<void>;
  /** Begins the next life, with the environment changed. */
  wake(change?: Environment): void;
  /** Sets the bot's clock wrong by so much, now and in later lives. */
  jump(jumpMs: number): void;
  /** Tells the life that runs now something. */
  say(word: { readonly diskFull: boolean }): void;
  lives(): number;
  /** Ends that nobody caused: each is a failure of the bot. */
  accidents(): readonly string[];
  close(): Promise<void>;
}

interface Life {
  readonly child: ChildProcess;
  readonly ready: Promise<string>;
  readonly ended: Promise<void>;
}

/** A process that has loaded everything and waits for its turn: a bot that dies every second has no second to load. */
const prepare = (bundle: string): Life => {
  const child = fork(bundle, [], {
    env: { PATH: process.env.PATH },
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const ready = new Promise<string>((resolve) => {
    child.on('message', (message: { readonly url?: string }) => {
      if (message.url !== undefined) resolve(message.url);
    });
  });
  return { child, ready, ended };
};

/** Starts the first life of the bundled bot. */
export const startBotProcess = (bundle: string, environment: Environment): BotProcess => {
  let env = environment;
  let resting = false;
  let lives = 0;
  let spare = prepare(bundle);
  let life = spare;
  const accidents: string[] = [];

  const live = (): void => {
    lives += 1;
    life = spare;
    spare = prepare(bundle);
    const { child } = life;
    child.send({ env });
    child.once('exit', (code, signal) => {
      if (signal !== 'SIGKILL') accidents.push(`life ${lives} ended with ${code ?? signal}`);
      else if (!resting) live();
    });
  };
  live();

  const rest = async (): Promise<void> => {
    resting = true;
    life.child.kill('SIGKILL');
    await life.ended;
  };

  return {
    url: async () => {
      for (;;) {
        const { ready, ended } = life;
        const url = await Promise.race([ready, ended]);
        if (typeof url === 'string') return url;
        if (accidents.length > 0) throw new Error(accidents.join(', '));
        // The next life begins in the same turn in which the last one ended, unless the bot rests.
        await sleep(resting ? 50 : 0);
      }
    },
    kill: () => life.child.kill('SIGKILL'),
    rest,
    wake: (change = {}) => {
      env = { ...env, ...change };
      resting = false;
      live();
    },
    jump: (jumpMs) => {
      env = { ...env, CRASH_CLOCK_JUMP_MS: String(jumpMs) };
      if (life.child.connected) life.child.send({ jumpMs });
    },
    say: (word) => {
      life.child.send(word);
    },
    lives: () => lives,
    accidents: () => accidents,
    close: async () => {
      await rest();
      spare.child.kill('SIGKILL');
      await spare.ended;
    },
  };
};
