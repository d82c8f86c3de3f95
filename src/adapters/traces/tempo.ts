import { z } from 'zod';
import { type Asked, askTraces, type Caller, refusal } from './ask-traces.ts';
import { readOtlpTrace } from './otlp-trace.ts';
import type { Trace, TraceBackend, TraceQuestion } from './trace-backend.ts';

const tagValues = z.object({ tagValues: z.array(z.object({ value: z.string() })).nullish() });
const searched = z.object({
  traces: z
    .array(z.object({ traceID: z.string().regex(/^[0-9a-f]{1,32}$/i), startTimeUnixNano: z.string().optional() }))
    .nullish(),
});

/** Fetches of traces at the same time. */
const fetchesMax = 8;
/** A trace may begin before the window that one of its spans is in, and end after it. */
const marginSeconds = 3_600;

const notTempo = refusal("the answer is not Tempo's JSON");

const seconds = (instant: string): number => Math.floor(Date.parse(instant) / 1_000);

/** Runs at most `fetchesMax` of the jobs at the same time; the others wait for their turn. */
const createTurns = () => {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <T>(job: () => Promise<T>): Promise<T> => {
    if (running < fetchesMax) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
};

/** Fetches traces by id, each once, by the newer API where Tempo has it. */
const createFetching = (caller: Caller, { namespace, window }: TraceQuestion) => {
  const inTurn = createTurns();
  const known = new Map<string, Promise<Asked<Trace>>>();
  const span = {
    start: String(seconds(window.from) - marginSeconds),
    end: String(seconds(window.to) + marginSeconds),
  };
  const ask = async (id: string): Promise<Asked<Trace>> => {
    const newer = await askTraces(caller, `api/v2/traces/${id}`, span);
    const isUnknown = !newer.ok && newer.status === 404;
    const asked = isUnknown ? await askTraces(caller, `api/traces/${id}`, span) : newer;
    if (!asked.ok) return asked;
    const trace = readOtlpTrace(asked.data, id.padStart(32, '0').toLowerCase(), namespace);
    return trace === null ? notTempo : { ok: true, data: trace };
  };
  return (id: string): Promise<Asked<Trace>> => {
    const fetched = known.get(id) ?? inTurn(() => ask(id));
    known.set(id, fetched);
    return fetched;
  };
};

const newestFirst = (
  left: { readonly startTimeUnixNano?: string | undefined },
  right: { readonly startTimeUnixNano?: string | undefined },
): number => Number(right.startTimeUnixNano ?? 0) - Number(left.startTimeUnixNano ?? 0);

/** Grafana Tempo's HTTP API: a search with TraceQL, then each trace by its id as OTLP in JSON. */
export const createTempo = (caller: Caller, question: TraceQuestion): TraceBackend => {
  const { window } = question;
  const span = { start: String(seconds(window.from)), end: String(seconds(window.to)) };
  const fetchTrace = createFetching(caller, question);
  const queryOf = (service: string): string => `{ resource.service.name = ${JSON.stringify(service)} }`;
  return {
    services: async () => {
      const asked = await askTraces(caller, 'api/v2/search/tag/resource.service.name/values', span);
      if (!asked.ok) return asked;
      const parsed = tagValues.safeParse(asked.data);
      if (!parsed.success) return notTempo;
      return { ok: true, data: (parsed.data.tagValues ?? []).map(({ value }) => value) };
    },
    tracesOf: async (service, limit) => {
      const asked = await askTraces(caller, 'api/search', {
        ...span,
        q: queryOf(service),
        limit: String(limit),
        // Only the ids are wanted here.
        spss: '1',
      });
      if (!asked.ok) return asked;
      const parsed = searched.safeParse(asked.data);
      if (!parsed.success) return notTempo;
      const ids = (parsed.data.traces ?? [])
        .toSorted(newestFirst)
        .slice(0, limit)
        .map(({ traceID }) => traceID);
      const fetched = await Promise.all(ids.map(fetchTrace));
      const traces = fetched.flatMap((one) => (one.ok ? [one.data] : []));
      const failed = fetched.find((one) => !one.ok);
      return traces.length === 0 && failed !== undefined ? failed : { ok: true, data: traces };
    },
    queryFor: (service) => ({ query: queryOf(service) }),
  };
};
