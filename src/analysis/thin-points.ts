type Point = readonly [number, number];

const round = (value: number): number => Number(value.toPrecision(5));

/** At most `max` points, evenly chosen, the last `keep` of them as they are; values rounded to five digits. */
export const thinPoints = (points: readonly Point[], max: number, keep: number): readonly Point[] => {
  const tail = points.slice(-keep);
  const head = points.slice(0, Math.max(0, points.length - keep));
  const room = Math.max(0, max - tail.length);
  const stride = Math.max(1, Math.ceil(head.length / Math.max(1, room)));
  const chosen = room === 0 ? [] : head.filter((_, index) => (head.length - 1 - index) % stride === 0);
  return [...chosen, ...tail].map(([at, value]) => [at, round(value)] as const);
};
