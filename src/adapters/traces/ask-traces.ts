import { z } from 'zod';
import { limits } from '../../limits.ts';
import { boundedReason, explained, failureOf, parseJson, readBounded } from '../web/http-answer.ts';

/** The answer of one call: the JSON, or why there is none. `reason` is bounded and safe to show; `status` is there when HTTP answered. */
export type Asked<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly reason: string; readonly status?: number; readonly isTooLarge?: true };

/** How a tracing backend is reached within one question: `signal` ends all of its calls. */
export interface Caller {
  /** Without a slash at the end; it may have a path of its own, as behind an ingress. */
  readonly base: string;
  readonly token?: string;
  readonly signal: AbortSignal;
  readonly fetchIt: typeof fetch;
}

/** Why there is no answer, bounded. */
export const refusal = (reason: string, more: { readonly status?: number; readonly isTooLarge?: true } = {}) => ({
  ok: false as const,
  reason: boundedReason(reason),
  ...more,
});

const told = z.object({ errors: z.array(z.object({ msg: z.string() })).min(1) });

/** Jaeger explains its refusals in JSON, Tempo in plain text. */
const wordsOf = (text: string): string => {
  const inJson = told.safeParse(parseJson(text));
  return inJson.success ? (inJson.data.errors[0]?.msg ?? '') : text;
};

/** Asks a tracing backend for JSON by GET, bounded in time and size. Never throws. */
export const askTraces = async (
  caller: Caller,
  path: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Asked<unknown>> => {
  const url = new URL(`${caller.base}/${path}`);
  url.search = new URLSearchParams(parameters).toString();
  try {
    const response = await caller.fetchIt(url, {
      headers: {
        accept: 'application/json',
        ...(caller.token === undefined ? {} : { authorization: `Bearer ${caller.token}` }),
      },
      signal: caller.signal,
    });
    const text = await readBounded(response, limits.traceReplyBytesMax);
    const { status } = response;
    if (text === null) {
      return refusal(`the answer is larger than ${limits.traceReplyBytesMax} bytes`, { status, isTooLarge: true });
    }
    if (!response.ok) return refusal(explained(status, wordsOf(text)), { status });
    const data = parseJson(text);
    return data === undefined ? refusal(`HTTP ${status}, and the answer is not JSON`, { status }) : { ok: true, data };
  } catch (error) {
    return refusal(failureOf(error, limits.tracesMsMax));
  }
};
