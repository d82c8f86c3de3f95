import type { Span } from '../../src/domain/trace.ts';

/** What a trace of the made-up shop goes through: gate asks basket, which asks vault and then prices. All in ms. */
export interface Journey {
  readonly id: string;
  /** Work inside basket. */
  readonly workMs?: number;
  /** The wait between basket and vault that vault does not account for. */
  readonly waitMs?: number;
  /** Basket gives up after vault and never asks prices. */
  readonly givesUp?: boolean;
  /** By how much the clock of vault is ahead. */
  readonly skewMs?: number;
}

/** The spans of one journey, as callers and callees both record them. */
export const journey = ({ id, workMs = 5, waitMs = 1, givesUp = false, skewMs = 0 }: Journey): readonly Span[] => {
  const us = (ms: number): number => Math.round(ms * 1000);
  const startMs = 1_700_000_000_000;
  const vaultMs = 4;
  const askVaultMs = vaultMs + waitMs;
  const askPricesMs = givesUp ? 0 : 3;
  const basketMs = workMs + askVaultMs + askPricesMs;
  const span = (
    spanId: string,
    parentId: string | undefined,
    rest: { readonly workload: string; readonly operation: string; readonly at: number; readonly ms: number },
  ): Span => ({
    traceId: id,
    spanId,
    ...(parentId === undefined ? {} : { parentId }),
    workload: rest.workload,
    operation: rest.operation,
    startUs: us(startMs + rest.at),
    durationUs: us(rest.ms),
  });
  return [
    span('1', undefined, { workload: 'gate', operation: 'GET /basket', at: 0, ms: basketMs + 2 }),
    span('2', '1', { workload: 'gate', operation: 'ask basket', at: 1, ms: basketMs + 1 }),
    span('3', '2', { workload: 'basket', operation: 'Basket.show', at: 1.5, ms: basketMs }),
    span('4', '3', { workload: 'basket', operation: 'ask vault', at: 2 + workMs, ms: askVaultMs }),
    span('5', '4', { workload: 'vault', operation: 'Vault.get', at: 2 + workMs + waitMs / 2 + skewMs, ms: vaultMs }),
    ...(givesUp
      ? []
      : [
          span('6', '3', { workload: 'basket', operation: 'ask prices', at: 2 + workMs + askVaultMs, ms: askPricesMs }),
          span('7', '6', { workload: 'prices', operation: 'Prices.get', at: 2.5 + workMs + askVaultMs, ms: 2 }),
        ]),
  ];
};

/** So many journeys of the same kind. */
export const journeys = (count: number, name: string, kind: (index: number) => Omit<Journey, 'id'> = () => ({})) =>
  Array.from({ length: count }, (_, index) => journey({ id: `${name}-${index}`, ...kind(index) })).flat();
