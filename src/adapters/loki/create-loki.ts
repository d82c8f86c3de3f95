import { limits } from '../../limits.ts';
import type { Log } from '../../ports/log.ts';
import type { LogLine, Logs } from '../../ports/logs.ts';
import { askLoki, type LokiStream } from './ask-loki.ts';
import { cleanLine } from './clean-line.ts';

/** Where Loki is and how its streams are labelled. */
export interface LokiOptions {
  readonly url: string;
  /** The stream label that names the workload. Default `app`. */
  readonly workloadLabel?: string;
  readonly log: Log;
  readonly fetch?: typeof fetch;
}

/** The alphabet of the names that Kubernetes generates. */
const generated = 'bcdfghjklmnpqrstvwxz2456789';
const podSuffix = new RegExp(`-(?:[${generated}]{6,10}-[${generated}]{5}|[0-9]+|[${generated}]{5})$`);

const nanoseconds = (milliseconds: number): string => `${Math.round(milliseconds)}000000`;

const selectorOf = (namespace: string, workload: string | undefined, label: string): string => {
  const wanted = workload === undefined ? '' : `, ${label}=${JSON.stringify(workload)}`;
  return `{namespace=${JSON.stringify(namespace)}${wanted}}`;
};

interface Timed {
  readonly ns: bigint;
  readonly ms: number;
  readonly line: LogLine;
}

const linesOf = (stream: LokiStream, label: string): readonly Timed[] => {
  const pod = (stream.stream.pod ?? '').slice(0, limits.nameCharsMax);
  const workload = stream.stream[label]?.slice(0, limits.nameCharsMax) ?? pod.replace(podSuffix, '');
  return stream.values.map(([text, line]) => {
    const ns = BigInt(text);
    const ms = Number(ns / 1_000_000n);
    return { ns, ms, line: { at: new Date(ms).toISOString(), workload, pod, text: cleanLine(line) } };
  });
};

const oldestFirst = (left: Timed, right: Timed): number => (left.ns < right.ns ? -1 : left.ns > right.ns ? 1 : 0);

/** Log lines from Loki, read by GET only. Text is bounded and free of control characters; secrets in it are not masked here. */
export const createLoki = (options: LokiOptions): Logs => {
  const base = options.url.replace(/\/+$/, '');
  const label = options.workloadLabel ?? 'app';
  const lines: Logs['lines'] = async (request) => {
    const query = selectorOf(request.namespace, request.workload, label);
    const limit = Math.max(1, Math.min(request.limit, limits.logLinesMax));
    const url = new URL(`${base}/loki/api/v1/query_range`);
    url.search = new URLSearchParams({
      query,
      start: nanoseconds(Date.parse(request.window.from)),
      // Loki leaves the end out, the window includes it.
      end: nanoseconds(Date.parse(request.window.to) + 1),
      limit: String(limit),
      direction: 'backward',
    }).toString();
    const asked = await askLoki(url, options.fetch ?? fetch);
    if (!asked.ok) {
      options.log.warn({ reason: asked.reason, query }, 'Loki gave no answer');
      return { outcome: 'unreachable', query, reason: asked.reason };
    }
    const span = { from: Date.parse(request.window.from), to: Date.parse(request.window.to) };
    const value = asked.streams
      .flatMap((stream) => linesOf(stream, label))
      // A clock that is wrong must not put a line into the wrong window.
      .filter(({ ms }) => ms >= span.from && ms <= span.to)
      .sort(oldestFirst)
      .slice(-limit)
      .map(({ line }) => line);
    return value.length === 0 ? { outcome: 'empty', query } : { outcome: 'found', value, query };
  };
  return { lines };
};
