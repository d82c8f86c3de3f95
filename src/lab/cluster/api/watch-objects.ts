import type { RecordedEvent } from '../event-log.ts';
import type { KubeObject } from '../kube-object.ts';
import type { Matcher } from '../objects/selectors.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError, badRequest, expired } from './api-error.ts';
import type { ApiAnswer, ApiRequest, LineStream } from './api-request.ts';
import { inAskedForm } from './metadata-form.ts';
import { flagFrom, matcherOf, numberFrom } from './read-options.ts';
import { apiVersionOf, type ServedResource } from './served-resource.ts';

const secondsMax = 3_600;
const bookmarkEveryMs = 10_000;

interface WatchLine {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

/** What a watcher with this matcher sees of a change: an object that stops matching is gone for it, one that begins is new. */
const lineOf = (event: RecordedEvent, matches: Matcher): WatchLine | null => {
  const was = event.previous !== undefined && matches(event.previous);
  const is = event.type !== 'DELETED' && matches(event.object);
  if (was && is) return { type: 'MODIFIED', object: event.object };
  if (is) return { type: 'ADDED', object: event.object };
  if (!was) return null;
  const { resourceVersion } = event.object.metadata;
  const last = event.previous ?? event.object;
  return {
    type: 'DELETED',
    object: { ...last, metadata: { ...last.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) } },
  };
};

const bookmark = (resource: ServedResource, revision: number, endsInitial = false): WatchLine => ({
  type: 'BOOKMARK',
  object: {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: {
      resourceVersion: String(revision),
      creationTimestamp: null,
      ...(endsInitial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    },
  },
});

/** The lines that a watch begins with, or the 410 that ends it at once. */
const firstLines = (context: ApiContext, request: ApiRequest, resource: ServedResource): readonly WatchLine[] => {
  const { store } = context;
  const matches = matcherOf(request, resource);
  const version = request.query.get('resourceVersion') ?? '';
  const wantsInitial = flagFrom(request.query, 'sendInitialEvents');
  if (version === '' || version === '0' || wantsInitial) {
    const objects = store.list(resource.plural).filter(matches);
    const lines = objects.map((object: KubeObject): WatchLine => ({ type: 'ADDED', object }));
    return wantsInitial ? [...lines, bookmark(resource, store.revision(), true)] : lines;
  }
  if (!/^\d+$/.test(version))
    throw badRequest(`Invalid value: ${JSON.stringify(version)}: resourceVersion must be a number`);
  const missed = store.since(Number(version));
  if (missed === null) throw expired(`too old resource version: ${version} (${store.revision()})`);
  return missed.filter((event) => event.resource === resource.plural).flatMap((event) => lineOf(event, matches) ?? []);
};

const sendFirst = (stream: LineStream, lines: () => readonly WatchLine[]): boolean => {
  try {
    for (const line of lines()) stream.write(line);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // A watch that cannot go on says so inside the stream, as the watch cache does.
    stream.write({ type: 'ERROR', object: error.status });
    stream.end();
    return false;
  }
};

/** GET with `watch`: changes as JSON lines until the client leaves or the time is over. */
export const watchObjects = (context: ApiContext, request: ApiRequest, resource: ServedResource): ApiAnswer => {
  const matches = matcherOf(request, resource);
  const seconds = Math.min(numberFrom(request.query, 'timeoutSeconds') ?? secondsMax, secondsMax);
  const wantsBookmarks = flagFrom(request.query, 'allowWatchBookmarks');

  const start = (stream: LineStream): void => {
    if (!sendFirst(stream, () => firstLines(context, request, resource))) return;
    const stopListening = context.store.watch((event) => {
      const line = event.resource === resource.plural ? lineOf(event, matches) : null;
      if (line !== null) stream.write(line);
    });
    const mark = (): void => stream.write(bookmark(resource, context.store.revision()));
    const marking = wantsBookmarks ? setInterval(mark, bookmarkEveryMs) : undefined;
    const ending = setTimeout(() => {
      if (wantsBookmarks) mark();
      stream.end();
    }, seconds * 1_000);
    stream.onClose(() => {
      stopListening();
      clearInterval(marking);
      clearTimeout(ending);
    });
  };
  return inAskedForm({ kind: 'stream', code: 200, start }, request);
};
