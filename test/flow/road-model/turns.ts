/** How a call to the outside goes on when its turn comes. */
type Fate = 'goes-on' | 'breaks';

interface Waiting {
  readonly label: string;
  readonly settle: (fate: Fate) => void;
}

/** Every call to the outside waits here twice, before and after its effect, until the model says that its turn has come. */
export interface Turns {
  /** Does `effect` when its turn has come, and returns its result at another turn. Rejects when the model breaks it. */
  take<T>(label: string, effect: () => T): Promise<T>;
  /** How many calls wait. */
  waiting(): number;
  /** Lets the n-th of those that wait (modulo their number) go on, or break, and waits until all is still again. */
  release(n: number, fate?: Fate): Promise<void>;
  /** Waits until nothing moves but by a turn. */
  still(): Promise<void>;
  /** The process dies: nothing that waits ever goes on. */
  die(): void;
}

const immediately = setImmediate;

/** Creates the turns of one life of the process. */
export const createTurns = (onRelease: (label: string) => void): Turns => {
  let waiting: Waiting[] = [];
  let dead = false;

  const turn = (label: string): Promise<void> =>
    new Promise((resolve, reject) => {
      if (dead) return;
      const settle = (fate: Fate): void => (fate === 'breaks' ? reject(new Error(`${label} broke`)) : resolve());
      waiting.push({ label, settle });
    });

  const still = (): Promise<void> => new Promise((resolve) => void immediately(resolve));

  return {
    take: async (label, effect) => {
      await turn(label);
      const result = effect();
      await turn(`${label} done`);
      return result;
    },
    waiting: () => waiting.length,
    release: async (n, fate = 'goes-on') => {
      const [next] = waiting.splice(n % Math.max(1, waiting.length), 1);
      if (next === undefined) return;
      onRelease(fate === 'breaks' ? `${next.label} BREAKS` : next.label);
      next.settle(fate);
      await still();
    },
    still,
    die: () => {
      dead = true;
      waiting = [];
    },
  };
};
