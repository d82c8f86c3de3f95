import { vi } from 'vitest';
import type { Alert } from '../../../src/domain/alert.ts';
import type { Attempt } from '../../../src/domain/attempt.ts';
import type { Mode } from '../../../src/domain/mode.ts';
import type { BallotRequest } from '../../../src/ports/desk.ts';
import { anAlert } from '../../fakes/cases.ts';
import type { Health, Mishap } from './model-cluster.ts';
import type { Durable } from './model-store.ts';
import { type Beginning, now, numbersFrom } from './outside.ts';
import { approverIds, checkEnd } from './rules.ts';
import { createStage, type Stage } from './stage.ts';

/** How far a case is. */
export const places = ['open', 'asked', 'approved', 'intended', 'written', 'judged'] as const;
export type Place = (typeof places)[number];

/** Which plan a person means: the one that is shown, the one of an earlier attempt, or the newest by its hash. */
export type Meant = 'shown' | 'stale' | 'named';

const hasReached: Readonly<Record<Place, (attempt: Attempt | undefined) => boolean>> = {
  open: () => true,
  asked: (attempt) => attempt?.ask !== undefined,
  approved: (attempt) => attempt?.decision !== undefined,
  intended: (attempt) => attempt?.execution !== undefined,
  written: (attempt) => attempt?.execution?.finishedAt !== undefined,
  judged: (attempt) => attempt?.verification?.verdict !== undefined,
};

const isDone = ({ inbox, cases }: Durable): boolean =>
  inbox.every(({ uid }) => uid !== undefined) &&
  [...cases.values()].every(({ rememberedAt }) => rememberedAt !== undefined);

const orderTurnsMax = 600;
const orderLooksMax = 40;
/** At one instant; who needs more never rests. */
const calmTurnsMax = 5_000;
const calmStepsMax = 1_000;

/** What becomes of the process and of time. */
const processMoves = ({ told, life, restart }: Stage) => ({
  /** Lets calls go on, in an order drawn from `seed`. */
  run: (count: number, seed: number) =>
    told(`${count} turns`, async () => {
      const order = numbersFrom(seed);
      for (let n = 0; n < count; n += 1) await life().turns.release(order());
    }),
  breakOne: (which: number) => told('a call breaks', () => life().turns.release(which, 'breaks')),
  /** The process dies in the middle of everything, and another starts. */
  crash: () => told('CRASH', restart),
  pass: (ms: number) => told(`${ms} ms pass`, () => vi.advanceTimersByTime(ms)),
});

const createBallots = ({ asked, life, newest }: Stage) => {
  const hashFor = (meant: Meant): string | undefined => {
    const attempts = newest()?.attempts ?? [];
    if (meant === 'shown') return undefined;
    return meant === 'named' ? attempts.at(-1)?.plan.hash : (attempts.at(-2)?.plan.hash ?? 'another-plan');
  };
  return {
    request: (wish: Omit<BallotRequest, 'uid'>, meant: Meant): BallotRequest => {
      const planHash = hashFor(meant);
      return { ...wish, uid: newest()?.incident.uid ?? 'none', ...(planHash === undefined ? {} : { planHash }) };
    },
    cast: (request: BallotRequest): void => {
      asked.push({ ...request, planHash: request.planHash ?? 'shown' });
      // What the person is told is the desk's own matter; that the process may die meanwhile is not.
      life()
        .desk.vote(request)
        .catch(() => undefined);
    },
  };
};

type Ballots = ReturnType<typeof createBallots>;

/** What people and those who send alerts do. */
const peopleMoves = ({ told, life }: Stage, { request, cast }: Ballots) => {
  let last: (() => Promise<void>) | undefined;
  return {
    vote: (wish: Omit<BallotRequest, 'uid'>, meant: Meant) => {
      const ballot = request(wish, meant);
      last = () => told(`${ballot.by.id} says ${ballot.kind} to the ${meant} plan`, () => cast(ballot));
      return last();
    },
    /** The last word once more, as it was. */
    voteAgain: async () => last?.(),
    alert: (change: Partial<Alert>) =>
      told(`an alert is ${change.status ?? 'firing'}`, () => {
        const labels = { namespace: 'online-boutique', deployment: 'frontend' };
        return life().inbox.accept([anAlert({ labels, startsAt: now(), receivedAt: now(), ...change })]);
      }),
    choose: (mode: Mode) =>
      told(`${mode} is chosen`, () => {
        life()
          .desk.setMode(mode, { id: 'BOB', name: 'bob' })
          .catch(() => undefined);
      }),
    failInference: () =>
      told('inference fails', () => {
        life()
          .failInference()
          .catch(() => undefined);
      }),
  };
};

/** What becomes of the API server and of the shop. */
const clusterMoves = ({ trace, outside: { cluster } }: Stage) => ({
  mishap: (mishap: Mishap): void => {
    trace(`  the next write meets: ${mishap}`);
    cluster.mishaps.push(mishap);
  },
  silence: (calls: number): void => {
    trace(`  the API server is silent for ${calls} calls`);
    cluster.silentFor = calls;
  },
  fare: (health: Health): void => {
    trace(`  the shop is ${health} by itself`);
    cluster.health = health;
  },
  /** A person changes an object, or only its version moves on. */
  edit: (recipe: string | null): void => {
    trace(`  a person sets ${recipe ?? 'nothing'}`);
    const object = cluster.objects.get('cartservice');
    if (object === undefined) return;
    object.version += 1;
    if (recipe !== null) object.recipe = recipe;
  },
});

/** Makes a world with one sick shop and one alert about it. It fakes the present: time passes only here. */
export const createWorld = async (beginning: Beginning) => {
  const stage = createStage(beginning);
  const { told, life, drain, outside, settle } = stage;
  const ballots = createBallots(stage);
  const isAt = (place: Place): boolean => hasReached[place](stage.newest()?.attempts.at(-1));
  const people = peopleMoves(stage, ballots);

  await told('begins', stage.begin);
  await people.alert({});

  return {
    ...processMoves(stage),
    ...people,
    ...clusterMoves(stage),
    /** Lets everything happen in order, with approvals where they are asked for, until the case is there, or nothing more comes. */
    until: (place: Place) =>
      told(`in order until ${place}`, async () => {
        await drain(orderTurnsMax, () => isAt('asked'));
        if (place === 'asked' || !isAt('asked')) return;
        for (const id of approverIds)
          ballots.cast(ballots.request({ kind: 'approve', by: { id, name: id }, via: 'button' }, 'named'));
        await drain(orderTurnsMax, () => isAt(place));
        for (let looks = 0; looks < orderLooksMax && !isAt(place) && isAt('written'); looks += 1) {
          vi.advanceTimersByTime(2_000);
          await life().turns.still();
          await drain(orderTurnsMax, () => isAt(place));
        }
      }),
    /** Nothing happens any more but what the bot does by itself; resolves when every case is at its end. */
    calm: () =>
      told('CALM', async () => {
        outside.cluster.mishaps.length = 0;
        outside.cluster.silentFor = 0;
        const isOver = () => isDone(outside.durable) && life().turns.waiting() === 0;
        for (let steps = 0; steps < calmStepsMax && !isOver(); steps += 1) {
          await drain(calmTurnsMax);
          settle();
          if (life().turns.waiting() > 0) throw new Error('RULE BROKEN: the bot comes to rest');
          vi.advanceTimersByTime(5_000);
          await life().turns.still();
        }
        checkEnd(stage.evidence);
      }),
  };
};

/** See {@link createWorld}: what may be done to it. The rules hold whatever is done in whatever order. */
export type World = Awaited<ReturnType<typeof createWorld>>;
