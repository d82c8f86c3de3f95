import type { Effect, Effects } from './world.ts';

type Active = Effect & { readonly id: string };

/** Effects in memory. They die with their pods: `isAlive` says which pods are left. */
export const createEffects = (isAlive: (podUid: string) => boolean): Effects => {
  const effects = new Map<string, Active>();
  let given = 0;
  const active = (): readonly Active[] =>
    [...effects.values()].flatMap((effect) => {
      const podUids = effect.podUids.filter(isAlive);
      return podUids.length === 0 ? [] : [{ ...effect, podUids }];
    });
  return {
    add: (effect) => {
      given += 1;
      const id = `effect-${given}`;
      effects.set(id, { ...effect, id });
      return id;
    },
    remove: (id) => {
      effects.delete(id);
    },
    active,
  };
};

/** The active effects by what they do to one pod, for one step of the simulation. */
export interface EffectsNow {
  stressCores(podUid: string): number;
  /** Delay on this pod's network towards `peer`, ms. */
  delayMs(podUid: string, peer: string): number;
  leaksPerSecond(podUid: string, peer: string): number;
  /** Bytes that the pod's process takes each second and never gives back. */
  memoryLeak(podUid: string): number;
}

/** Sums up the active effects once, so that each call in the step costs a few comparisons only. */
export const effectsNow = (effects: Effects): EffectsNow => {
  const now = effects.active();
  const sum = (podUid: string, amount: (effect: Effect) => number): number =>
    now.reduce((total, effect) => (effect.podUids.includes(podUid) ? total + amount(effect) : total), 0);
  return {
    stressCores: (podUid) => sum(podUid, (effect) => (effect.kind === 'cpu-stress' ? effect.cores : 0)),
    delayMs: (podUid, peer) =>
      sum(podUid, (effect) => (effect.kind === 'network-delay' && effect.peer === peer ? effect.delayMs : 0)),
    leaksPerSecond: (podUid, peer) =>
      sum(podUid, (effect) => (effect.kind === 'connection-leak' && effect.peer === peer ? effect.perSecond : 0)),
    memoryLeak: (podUid) => sum(podUid, (effect) => (effect.kind === 'memory-leak' ? effect.bytesPerSecond : 0)),
  };
};
