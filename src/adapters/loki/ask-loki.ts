import { z } from 'zod';
import { limits } from '../../limits.ts';
import { boundedReason, explained, failureOf, parseJson, readBounded } from '../web/http-answer.ts';

/** The answer of one call: the streams, or why there are none. `reason` is bounded and safe to show. */
export type AskedStreams =
  | { readonly ok: true; readonly streams: readonly LokiStream[] }
  | { readonly ok: false; readonly reason: string };

/** Lines that share their labels, as [epoch nanoseconds, line]; Loki may append structured metadata to each entry. */
export type LokiStream = z.infer<typeof stream>;

const stream = z.object({
  stream: z.record(z.string(), z.string()),
  values: z.array(z.tuple([z.string().regex(/^\d{1,19}$/), z.string()]).rest(z.unknown())),
});

const answer = z.object({
  status: z.literal('success'),
  data: z.object({ resultType: z.literal('streams'), result: z.array(stream) }),
});

const refusal = (reason: string): AskedStreams => ({ ok: false, reason: boundedReason(reason) });

const readAnswer = (response: Response, text: string): AskedStreams => {
  if (!response.ok) return refusal(explained(response.status, text));
  const parsed = answer.safeParse(parseJson(text));
  if (!parsed.success) return refusal(`HTTP ${response.status}, and the answer is not Loki's JSON`);
  return { ok: true, streams: parsed.data.data.result };
};

/** Asks Loki by GET for log lines, bounded in time and size. Never throws. */
export const askLoki = async (url: URL, fetchIt: typeof fetch): Promise<AskedStreams> => {
  try {
    const response = await fetchIt(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(limits.queryMsMax),
    });
    const text = await readBounded(response, limits.answerBytesMax);
    return text === null
      ? refusal(`the answer is larger than ${limits.answerBytesMax} bytes`)
      : readAnswer(response, text);
  } catch (error) {
    return refusal(failureOf(error, limits.queryMsMax));
  }
};
