import type { Effect } from '../world/world.ts';
import type { ChaosRoom, Wound } from './fault.ts';

/** A wound that is one effect: over when the effect is, by whatever means its pods went. */
export const effectWound = (room: ChaosRoom, effect: Effect, done: string): Wound => {
  const { effects } = room.world;
  const id = effects.add(effect);
  return {
    done,
    isMended: () => !effects.active().some((active) => active.id === id),
    mend: () => effects.remove(id),
  };
};
