import { z } from 'zod';

const point = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());

/** The data of a range query. */
export const matrixAnswer = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: labels, values: z.array(point) })),
});

/** The data of an instant query. */
export const vectorAnswer = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: labels, value: point })),
});

/** The data of the alerts endpoint. */
export const alertsAnswer = z.object({
  alerts: z.array(z.object({ labels, state: z.string() })),
});

/** One series of a range query. */
export type MatrixSeries = z.infer<typeof matrixAnswer>['result'][number];

/**
 * The points of a span of epoch seconds that are numbers, oldest first, one a moment. NaN and the infinities say that there was
 * nothing to compute; points outside the span that was asked for say that somebody's clock is wrong.
 */
export const finitePoints = (
  values: MatrixSeries['values'],
  span: { readonly from: number; readonly to: number },
): readonly (readonly [number, number])[] =>
  values
    .map(([seconds, text]) => [seconds, text.trim() === '' ? Number.NaN : Number(text)] as const)
    .filter(([seconds, value]) => seconds >= span.from && seconds <= span.to && Number.isFinite(value))
    .toSorted(([left], [right]) => left - right)
    .filter(([seconds], index, sorted) => seconds !== sorted[index + 1]?.[0]);
