import type { Json } from './json.ts';

/** Suffixes of Kubernetes quantities: decimal, binary and below one. */
const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity (`250m`, `128Mi`, `1e3`, 2) in its base unit: cores or bytes. Undefined for anything else. */
export const parseQuantity = (quantity: Json | undefined): number | undefined => {
  if (typeof quantity === 'number') return quantity;
  if (typeof quantity !== 'string') return undefined;
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(quantity.trim());
  const factor = factors[parts?.[2] ?? ''];
  return parts === null || factor === undefined ? undefined : Number(parts[1]) * factor;
};

/** Bytes as a quantity in whole mebibytes, rounded up: `192Mi`. */
export const memoryQuantity = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)}Mi`;

/** Cores as a quantity in whole millicores, rounded up: `250m`. */
export const cpuQuantity = (cores: number): string => `${Math.ceil(Number((cores * 1_000).toFixed(6)))}m`;
