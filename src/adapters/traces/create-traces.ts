import type { Window } from '../../domain/evidence.ts';
import type { Span } from '../../domain/trace.ts';
import { limits } from '../../limits.ts';
import type { Answer } from '../../ports/answer.ts';
import type { Log } from '../../ports/log.ts';
import type { Traces } from '../../ports/traces.ts';
import { type Asked, type Caller, refusal } from './ask-traces.ts';
import { createJaeger } from './jaeger.ts';
import { serviceNamesOf } from './span-words.ts';
import { createTempo } from './tempo.ts';
import type { Trace, TraceBackend, TraceQuestion } from './trace-backend.ts';

/** Where traces are kept, and by what: `auto` finds out. */
export interface TracesOptions {
  readonly url: string;
  readonly kind: 'auto' | 'jaeger' | 'tempo';
  /** Sent as a bearer token. */
  readonly token?: string;
  readonly log: Log;
  readonly fetch?: typeof fetch;
}

type Request = Parameters<Traces['spans']>[0];

interface Opened {
  readonly backend: TraceBackend;
  readonly services: readonly string[];
}

const backends = { jaeger: createJaeger, tempo: createTempo } as const;
type Kind = keyof typeof backends;

/** Clocks may be an hour apart; beyond that the numbers are no microseconds, or another time's. */
const strayMsMax = 3_600_000;

const isOf = (window: Window, { spans }: Trace): boolean => {
  const fromUs = (Date.parse(window.from) - strayMsMax) * 1_000;
  const toUs = (Date.parse(window.to) + strayMsMax) * 1_000;
  return spans.some(({ startUs }) => startUs >= fromUs && startUs <= toUs);
};

const open = async (backend: TraceBackend): Promise<Asked<Opened>> => {
  const asked = await backend.services();
  return asked.ok ? { ok: true, data: { backend, services: asked.data } } : asked;
};

/** Finds out what answers there, and remembers it once it did. */
const createOpening = (kind: TracesOptions['kind']) => {
  let known: Kind | undefined = kind === 'auto' ? undefined : kind;
  return async (caller: Caller, question: TraceQuestion): Promise<Asked<Opened>> => {
    if (known !== undefined) return open(backends[known](caller, question));
    const jaeger = await open(createJaeger(caller, question));
    // Who did not answer at all is not asked again in another language.
    if (jaeger.ok || jaeger.status === undefined) {
      if (jaeger.ok) known = 'jaeger';
      return jaeger;
    }
    const tempo = await open(createTempo(caller, question));
    if (tempo.ok) known = 'tempo';
    return tempo.ok ? tempo : refusal(`neither Jaeger (${jaeger.reason}) nor Tempo (${tempo.reason})`);
  };
};

/** A service to ask for, and the workload that it belongs to. */
interface Chosen {
  readonly service: string;
  readonly workload: string;
}

/** The services to ask for, the most wanted first; the backend's own when nobody is wanted in particular. */
const chosenFrom = (services: readonly string[], { workloads, namespace }: Request): readonly Chosen[] => {
  const known = new Set(services);
  const wanted = workloads.flatMap((workload) => {
    const service = serviceNamesOf(workload, namespace).find((name) => known.has(name));
    return service === undefined ? [] : [{ service, workload }];
  });
  const all = services.map((service) => ({ service, workload: service }));
  return (workloads.length === 0 ? all : wanted).slice(0, limits.tracedWorkloadsMax);
};

/** Whole traces, each once, as long as there is room for their spans. */
const merged = (traces: readonly Trace[], limit: number): readonly Span[] => {
  const spans: Span[] = [];
  const seen = new Set<string>();
  for (const trace of traces) {
    if (seen.has(trace.traceId) || spans.length + trace.spans.length > limit) continue;
    seen.add(trace.traceId);
    spans.push(...trace.spans);
  }
  return spans;
};

/** A window longer than an incident's is a quiet one: to know what is ordinary takes twice as many. */
const limitOf = (place: number, { from, to }: Window): number => {
  const times = Date.parse(to) - Date.parse(from) > limits.windowMs ? 2 : 1;
  return times * (place === 0 ? limits.tracesOfFirstMax : limits.tracesOfOthersMax);
};

const queryOver = (backend: TraceBackend, [first, ...others]: readonly Chosen[], window: Window) => {
  const { query, link } = backend.queryFor(first?.service ?? '', limitOf(0, window));
  const more = others.length === 0 ? '' : `, and the same for ${others.map(({ service }) => service).join(', ')}`;
  return { query: `${query}${more}`, ...(link === undefined ? {} : { link }) };
};

type AskedTraces = Asked<readonly Trace[]>;

const tracesIn = (asked: readonly AskedTraces[]): readonly Trace[] => asked.flatMap((one) => (one.ok ? one.data : []));

/**
 * Asks for the traces of the first, and then only for those of the others that pass through too few of them: a request passes
 * through many services, and its trace need not be fetched for each of them.
 */
const askFor = async (backend: TraceBackend, [first, ...others]: readonly Chosen[], window: Window) => {
  if (first === undefined) return { asked: [], chosen: [] };
  const ofFirst = await backend.tracesOf(first.service, limitOf(0, window));
  const known = tracesIn([ofFirst]);
  const enough = limitOf(1, window);
  const lacking = others.filter(
    ({ workload }) => known.filter(({ spans }) => spans.some((span) => span.workload === workload)).length < enough,
  );
  const ofOthers = await Promise.all(lacking.map(({ service }) => backend.tracesOf(service, enough)));
  return { asked: [ofFirst, ...ofOthers], chosen: [first, ...lacking] };
};

const gather = async ({ backend, services }: Opened, request: Request): Promise<Answer<readonly Span[]>> => {
  const { asked, chosen } = await askFor(backend, chosenFrom(services, request), request.window);
  if (chosen.length === 0) return { outcome: 'empty', query: `services of ${request.workloads.join(', ')}` };
  const told = queryOver(backend, chosen, request.window);
  const traces = tracesIn(asked).filter(({ spans }) => spans.length > 0);
  const failed = asked.find((one) => !one.ok);
  if (traces.length === 0 && failed?.ok === false) {
    return { outcome: 'unreachable', query: told.query, reason: failed.reason };
  }
  const inWindow = traces.filter((trace) => isOf(request.window, trace));
  if (inWindow.length === 0 && traces.length > 0) {
    const reason = 'its spans are not of the time that was asked for: their clock or their unit is wrong';
    return { outcome: 'unreachable', query: told.query, reason };
  }
  const value = merged(inWindow, request.limit);
  return value.length === 0 ? { outcome: 'empty', ...told } : { outcome: 'found', value, ...told };
};

/**
 * Traces from Jaeger or Grafana Tempo, read by GET only. A question asks for few whole traces of few workloads; what part of
 * it fails is left out as long as another part tells something.
 */
export const createTraces = (options: TracesOptions): Traces => {
  const base = options.url.replace(/\/+$/, '');
  const opening = createOpening(options.kind);
  return {
    spans: async (request) => {
      const caller: Caller = {
        base,
        ...(options.token === undefined ? {} : { token: options.token }),
        signal: AbortSignal.timeout(limits.tracesMsMax),
        fetchIt: options.fetch ?? fetch,
      };
      const opened = await opening(caller, request);
      const answer: Answer<readonly Span[]> = opened.ok
        ? await gather(opened.data, request)
        : { outcome: 'unreachable', query: 'the services that have traces', reason: opened.reason };
      if (answer.outcome === 'unreachable') {
        options.log.warn({ reason: answer.reason, query: answer.query }, 'the tracing backend gave no answer');
      }
      return answer;
    },
  };
};
