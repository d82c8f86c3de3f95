import { z } from 'zod';
import { limits } from '../../limits.ts';
import { boundedReason, failureOf, parseJson, readBounded } from '../web/http-answer.ts';

/** The answer of one call: the data, or why there is none. `reason` is bounded and safe to show. */
export type Asked<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly reason: string };

const envelope = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data: z.unknown() }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

const refusal = (reason: string): Asked<never> => ({ ok: false, reason: boundedReason(reason) });

const readAnswer = <T>(status: number, text: string, schema: z.ZodType<T>): Asked<T> => {
  const parsed = envelope.safeParse(parseJson(text));
  if (!parsed.success) return refusal(`HTTP ${status}, and the answer is not Prometheus' JSON`);
  if (parsed.data.status === 'error') return refusal(`HTTP ${status} ${parsed.data.errorType}: ${parsed.data.error}`);
  const data = schema.safeParse(parsed.data.data);
  return data.success ? { ok: true, data: data.data } : refusal('the answer has another shape than the API promises');
};

/** Asks Prometheus by GET, bounded in time and size. Never throws. */
export const askPrometheus = async <T>(url: URL, schema: z.ZodType<T>, fetchIt: typeof fetch): Promise<Asked<T>> => {
  try {
    const response = await fetchIt(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(limits.queryMsMax),
    });
    const text = await readBounded(response, limits.answerBytesMax);
    if (text === null) return refusal(`the answer is larger than ${limits.answerBytesMax} bytes`);
    return readAnswer(response.status, text, schema);
  } catch (error) {
    return refusal(failureOf(error, limits.queryMsMax));
  }
};
