import { z } from 'zod';
import { limits } from '../../limits.ts';

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

const reasonCharsMax = 300;

const refusal = (reason: string): AskedStreams => ({ ok: false, reason: reason.slice(0, reasonCharsMax) });

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

/** Loki explains its refusals in plain text; a page of HTML from something in between explains nothing. */
const explained = (status: number, text: string): string => {
  const plain = text.trim();
  return plain === '' || plain.startsWith('<') ? `HTTP ${status}` : `HTTP ${status}: ${plain}`;
};

const readAnswer = (response: Response, text: string): AskedStreams => {
  if (!response.ok) return refusal(explained(response.status, text));
  const parsed = answer.safeParse(parseJson(text));
  if (!parsed.success) return refusal(`HTTP ${response.status}, and the answer is not Loki's JSON`);
  return { ok: true, streams: parsed.data.data.result };
};

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return 'the call failed';
  if (error.name === 'TimeoutError') return `no answer within ${limits.queryMsMax} ms`;
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`;
};

/** Asks Loki by GET for log lines, bounded in time and size. Never throws. */
export const askLoki = async (url: URL, fetchIt: typeof fetch): Promise<AskedStreams> => {
  try {
    const response = await fetchIt(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(limits.queryMsMax),
    });
    const text = await readBounded(response);
    return text === null
      ? refusal(`the answer is larger than ${limits.answerBytesMax} bytes`)
      : readAnswer(response, text);
  } catch (error) {
    return refusal(describe(error));
  }
};
