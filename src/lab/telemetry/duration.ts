const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

const wholeText = /^(\d+(?:ms|[smhdwy]))+$/;
const oneTerm = /(\d+)(ms|[smhdwy])/g;

/** Milliseconds in `90s`, `1h30m` or, as Prometheus 3 allows, a plain number of seconds; null for anything else. */
export const parseDurationMs = (text: string): number | null => {
  if (wholeText.test(text)) {
    return [...text.matchAll(oneTerm)].reduce(
      (sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0),
      0,
    );
  }
  const seconds = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(seconds) ? seconds * 1_000 : null;
};

/** The shortest duration text for whole milliseconds, as rule files write it. */
export const formatDuration = (durationMs: number): string => {
  const whole = Math.max(1, Math.round(durationMs));
  const unit = (['h', 'm', 's'] as const).find((name) => whole % (unitMs[name] ?? 1) === 0) ?? 'ms';
  return `${whole / (unitMs[unit] ?? 1)}${unit}`;
};
