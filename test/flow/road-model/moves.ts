import fc from 'fast-check';
import type { Mode } from '../../../src/domain/mode.ts';
import type { BallotRequest } from '../../../src/ports/desk.ts';
import type { Health, Mishap } from './model-cluster.ts';
import { remedyNames } from './model-remedies.ts';
import { type Beginning, findings } from './outside.ts';
import type { Meant, World } from './world.ts';

/** One thing that happens to the world. */
export type Move = (world: World) => Promise<void> | void;

const health = fc.constantFrom<Health[]>('sick', 'well', 'worse');
const mode = fc.constantFrom<Mode[]>('autonomous', 'supervised', 'watchtower');

/** Worlds to begin with. Most find a cause, for what finds none is soon over. */
export const beginnings: fc.Arbitrary<Beginning> = fc.record({
  remedies: fc.shuffledSubarray([...remedyNames], { minLength: 1 }),
  effects: fc.record({
    'restart-workload': health,
    'roll-back': health,
    'set-resources': health,
    'revert-change': health,
  }),
  findings: fc.array(fc.oneof({ weight: 10, arbitrary: fc.constant('cause' as const) }, fc.constantFrom(...findings)), {
    minLength: 1,
    maxLength: 3,
  }),
  mode: fc.constantFrom<Mode[]>('autonomous', 'autonomous', 'supervised', 'supervised', 'watchtower'),
  rival: fc.boolean(),
});

const pause = fc.constantFrom(500, 2_000, 5_000, 11_000, 61_000, 601_000);
const person = fc.constantFrom('BOB', 'BOB', 'CAROL', 'MALLORY').map((id) => ({ id, name: id.toLowerCase() }));
const ballot = fc.record({
  kind: fc.constantFrom<BallotRequest['kind'][]>(
    'approve',
    'approve',
    'approve',
    'reject',
    'hold',
    'withdraw',
    'withdraw',
  ),
  by: person,
  via: fc.constantFrom<BallotRequest['via'][]>('emoji', 'button', 'button', 'command'),
});
const meant = fc.constantFrom<Meant[]>('shown', 'named', 'named', 'stale');
const alert = fc.record({
  status: fc.constantFrom<('firing' | 'resolved')[]>('firing', 'resolved'),
  fingerprint: fc.constantFrom('f1', 'f2'),
});
const mishap = fc.constantFrom<Mishap[]>('lost-before', 'lost-after', 'conflict', 'denied');

/** A move that is made so often (relative to the others) with a value of its own. */
const often = <T>(weight: number, value: fc.Arbitrary<T>, act: (world: World, value: T) => Promise<void> | void) => ({
  weight,
  arbitrary: value.map(
    (drawn): Move =>
      (world) =>
        act(world, drawn),
  ),
});

const nothing = fc.constant(null);

/** Everything that may happen; mostly, calls go on in an order of their own. */
export const moves: fc.Arbitrary<Move> = fc.oneof(
  often(50, fc.tuple(fc.integer({ min: 1, max: 20 }), fc.nat()), (world, [count, seed]) => world.run(count, seed)),
  often(4, fc.nat({ max: 20 }), (world, which) => world.breakOne(which)),
  often(3, nothing, (world) => world.crash()),
  often(12, pause, (world, ms) => world.pass(ms)),
  often(18, fc.tuple(ballot, meant), (world, [wish, which]) => world.vote(wish, which)),
  often(4, fc.array(fc.tuple(ballot, meant), { minLength: 2, maxLength: 4 }), async (world, words) => {
    for (const [wish, which] of words) await world.vote(wish, which);
  }),
  often(2, nothing, (world) => world.voteAgain()),
  often(3, alert, (world, change) => world.alert(change)),
  often(3, mode, (world, chosen) => world.choose(chosen)),
  often(1, nothing, (world) => world.failInference()),
  often(4, mishap, (world, what) => world.mishap(what)),
  often(1, fc.nat({ max: 6 }), (world, calls) => world.silence(calls)),
  often(2, health, (world, fares) => world.fare(fares)),
  often(2, fc.constantFrom('person', null), (world, recipe) => world.edit(recipe)),
);
