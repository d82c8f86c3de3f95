import { z } from 'zod';
import { limits } from '../../limits.ts';

/** The answer of one call: the data, or why there is none. `reason` is bounded and safe to show. */
export type Asked<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly reason: string };

const reasonCharsMax = 300;

const envelope = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data: z.unknown() }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

const refusal = (reason: string): Asked<never> => ({ ok: false, reason: reason.slice(0, reasonCharsMax) });

/** The body as text, or null as soon as it grows past the bound. */
const readBounded = async (response: Response): Promise<string | null> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limits.answerBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const readAnswer = <T>(status: number, text: string, schema: z.ZodType<T>): Asked<T> => {
  const parsed = envelope.safeParse(parseJson(text));
  if (!parsed.success) return refusal(`HTTP ${status}, and the answer is not Prometheus' JSON`);
  if (parsed.data.status === 'error') return refusal(`HTTP ${status} ${parsed.data.errorType}: ${parsed.data.error}`);
  const data = schema.safeParse(parsed.data.data);
  return data.success ? { ok: true, data: data.data } : refusal('the answer has another shape than the API promises');
};

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return 'the call failed';
  if (error.name === 'TimeoutError') return `no answer within ${limits.queryMsMax} ms`;
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
};

/** Asks Prometheus by GET, bounded in time and size. Never throws. */
export const askPrometheus = async <T>(url: URL, schema: z.ZodType<T>, fetchIt: typeof fetch): Promise<Asked<T>> => {
  try {
    const response = await fetchIt(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(limits.queryMsMax),
    });
    const text = await readBounded(response);
    if (text === null) return refusal(`the answer is larger than ${limits.answerBytesMax} bytes`);
    return readAnswer(response.status, text, schema);
  } catch (error) {
    return refusal(describe(error));
  }
};
