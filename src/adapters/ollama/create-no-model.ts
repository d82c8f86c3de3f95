import type { Model } from '../../ports/model.ts';

/** The supported way to run without inference: the detectors vote alone. */
export const createNoModel = (): Model => ({
  label: 'none',
  ask: async () => ({ kind: 'off' }),
  probe: async () => ({ kind: 'off' }),
});
