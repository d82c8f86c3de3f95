const factors: Readonly<Record<string, number>> = {
  m: 0.001,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** A Kubernetes quantity ('200m', '128Mi', 2) as a number; null when it is absent or unreadable. */
export const readQuantity = (value: unknown): number | null => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  const match = /^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(value.trim());
  const factor = factors[match?.[2] ?? ''];
  return match === null || factor === undefined ? null : Number(match[1]) * factor;
};

/** Bytes as Kubernetes writes them in manifests, in whole mebibytes. */
export const writeMebibytes = (bytes: number): string => `${Math.max(1, Math.round(bytes / 1024 ** 2))}Mi`;
