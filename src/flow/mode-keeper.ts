import type { Actor } from '../domain/decision.ts';
import type { Mode, ModeState } from '../domain/mode.ts';
import { limits } from '../limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Meter } from '../ports/meter.ts';
import type { Model, ModelAnswer } from '../ports/model.ts';
import type { Settings } from '../ports/settings.ts';

/** What forces watchtower mode: each ends by itself, and the mode returns when none is left. */
type Cause = 'inference' | 'policies';

/** Knows the mode in force, keeps what people chose, and forces watchtower while inference is unwell or nobody stands guard. */
export interface ModeKeeper {
  state(): ModeState;
  /** Returns one sentence for the person who chose. */
  choose(mode: Mode, by: Actor): Promise<string>;
  /** Forces watchtower mode until it is released; said again, it changes nothing. */
  force(cause: 'policies', why: string): Promise<void>;
  release(cause: 'policies'): Promise<void>;
  /** The model, watched: an answer that fails or comes too late forces watchtower mode. */
  readonly model: Model;
  /** Reads the chosen mode and begins to probe. */
  start(): Promise<void>;
  stop(): void;
  /** Called whenever the effective mode changes. */
  subscribe(listener: () => void): () => void;
}

const settingKey = 'mode';
const isMode = (text: string | null): text is Mode =>
  text === 'autonomous' || text === 'supervised' || text === 'watchtower';

/** The journal's uid for what belongs to no incident. */
const noIncident = 'bot';

/** What the keeper needs; the two times are for tests. */
export interface ModeKeeperDeps {
  readonly model: Model;
  readonly settings: Settings;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly initial: Mode;
  readonly probeEveryMs?: number;
  readonly wellMsMin?: number;
}

interface Chosen {
  readonly mode: Mode;
  readonly since: string;
  readonly reason: string;
}

/** Why watchtower mode is forced, and since when. */
type Forcing = Omit<Chosen, 'mode'>;

const stateOf = (chosen: Chosen, forcing: Forcing | undefined): ModeState => ({
  chosen: chosen.mode,
  effective: forcing === undefined ? chosen.mode : 'watchtower',
  since: (forcing ?? chosen).since,
  reason: (forcing ?? chosen).reason,
});

const answerTo = (mode: Mode, forcing: Forcing | undefined): string =>
  forcing === undefined || mode === 'watchtower'
    ? `The bot is now in ${mode} mode.`
    : `Noted: ${mode}. The bot stays in watchtower mode until that is over: ${forcing.reason}.`;

/** Probes a model that was unwell until it has been well for a while; then calls `recovered`. */
const createConvalescence = (
  deps: ModeKeeperDeps,
  on: { recovered: () => Promise<void>; relapsed: (reason: string) => Promise<void> },
) => {
  const { probeEveryMs = limits.inferenceProbeEveryMs, wellMsMin = limits.inferenceWellMsMin } = deps;
  let wellSinceMs: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  const restart = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      probe().catch((error: unknown) => {
        // The journal did not take it: what is not written down must not be left at that.
        deps.log.error({ err: error }, 'a change of mode could not be written down and will be tried again');
        restart();
      });
    }, probeEveryMs);
    timer.unref();
  };
  const probe = async (): Promise<void> => {
    const answer = await deps.model.probe();
    if (answer.kind === 'failed') return on.relapsed(answer.reason);
    wellSinceMs ??= deps.clock.nowMs();
    if (deps.clock.nowMs() - wellSinceMs >= wellMsMin) return on.recovered();
    return restart();
  };
  return {
    begin: (): void => {
      wellSinceMs = null;
      restart();
    },
    stop: (): void => clearTimeout(timer),
  };
};

const note = ({ meter, log }: ModeKeeperDeps, { effective, reason }: ModeState): void => {
  meter.set('mode', 1, { mode: effective });
  log.info({ mode: effective, reason }, 'mode changed');
};

/** Creates the keeper. Probes run only while inference is unwell, so that a well model is not disturbed. */
export const createModeKeeper = (deps: ModeKeeperDeps): ModeKeeper => {
  const { clock, model, settings } = deps;
  const listeners = new Set<() => void>();
  let chosen: Chosen = { mode: deps.initial, since: clock.now(), reason: 'set by the configuration' };
  const forced = new Map<Cause, Forcing>();
  const inForce = () => [...forced.values()][0];
  const state = (): ModeState => stateOf(chosen, inForce());

  const announce = (): void => {
    note(deps, state());
    for (const listener of listeners) listener();
  };

  const changed = async (verb: string, actor: string): Promise<void> => {
    announce();
    const { effective: subject, reason } = state();
    await deps.journal.append({ uid: noIncident, actor, verb, subject, detail: { reason } });
  };

  const force = async (cause: Cause, reason: string): Promise<void> => {
    if (forced.has(cause)) return;
    forced.set(cause, { reason, since: clock.now() });
    await changed('watchtower-forced', 'bot');
  };

  const release = async (cause: Cause): Promise<void> => {
    forced.delete(cause);
    await changed('watchtower-ended', 'bot');
  };

  const unwell = async (why: string): Promise<void> => {
    convalescence.begin();
    await force('inference', `inference is unwell: ${why}`);
  };

  const convalescence = createConvalescence(deps, { recovered: () => release('inference'), relapsed: unwell });

  const choose = async (mode: Mode, by: Actor): Promise<string> => {
    chosen = { mode, since: clock.now(), reason: `chosen by ${by.name}` };
    await deps.settings.set(settingKey, mode);
    await changed('mode-chosen', by.id);
    return answerTo(mode, inForce());
  };

  const watched = async (asked: Promise<ModelAnswer>): Promise<ModelAnswer> => {
    const answer = await asked;
    if (answer.kind === 'failed') await unwell(answer.reason);
    return answer;
  };

  /** What another replica was told holds here too; who told it is in the journal there. */
  const follow = async (): Promise<void> => {
    const stored = await deps.settings.get(settingKey);
    if (!isMode(stored) || stored === chosen.mode) return;
    chosen = { mode: stored, since: clock.now(), reason: 'chosen by a person, through another replica' };
    announce();
  };
  let unfollow = (): void => undefined;

  return {
    state,
    choose,
    force,
    release: async (cause) => {
      if (forced.has(cause)) await release(cause);
    },
    model: { label: model.label, ask: (question) => watched(model.ask(question)), probe: () => watched(model.probe()) },
    start: async () => {
      const stored = await deps.settings.get(settingKey);
      if (isMode(stored)) chosen = { ...chosen, mode: stored, reason: 'chosen by a person before the last restart' };
      deps.meter.set('mode', 1, { mode: state().effective });
      unfollow = settings.subscribe((key) => {
        if (key === settingKey) follow().catch((err: unknown) => deps.log.warn({ err }, 'the mode could not be read'));
      });
      await watched(model.probe());
    },
    stop: () => {
      unfollow();
      convalescence.stop();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
