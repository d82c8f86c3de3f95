import type { KubeObject } from '../kube-object.ts';
import type { ApiContext } from './api-context.ts';
import { badRequest, expired } from './api-error.ts';
import type { ApiAnswer, ApiRequest, PlainAnswer } from './api-request.ts';
import { inAskedForm } from './metadata-form.ts';
import { matcherOf, numberFrom } from './read-options.ts';
import { apiVersionOf, type ServedResource } from './served-resource.ts';

/** Where the next page starts: after this key, at this revision. */
interface Continuation {
  readonly rv: number;
  readonly start: string;
}

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

const byKey = (left: KubeObject, right: KubeObject): number => (keyOf(left) < keyOf(right) ? -1 : 1);

const readContinue = (token: string): Continuation => {
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof rv === 'number' && typeof start === 'string') return { rv, start };
  } catch {
    // Told below, in the same words for every unreadable token.
  }
  throw badRequest('continue key is not valid');
};

const writeContinue = (continuation: Continuation): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...continuation })).toString('base64url');

/** Items of a built-in list carry no kind of their own; those of a custom kind do. */
const itemOf = (object: KubeObject, resource: ServedResource): unknown => {
  if (resource.custom) return object;
  const { apiVersion: _version, kind: _kind, ...rest } = object;
  return rest;
};

/** GET on a collection: one page of it, sorted by namespace and name. */
export const listObjects = (context: ApiContext, request: ApiRequest, resource: ServedResource): ApiAnswer => {
  const { store } = context;
  const matches = matcherOf(request, resource);
  const token = request.query.get('continue') ?? '';
  const from = token === '' ? null : readContinue(token);
  if (from !== null && store.since(from.rv) === null) {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  }
  const rv = from?.rv ?? store.revision();
  const found = store.list(resource.plural).filter(matches).sort(byKey);
  const rest = from === null ? found : found.filter((object) => keyOf(object) > from.start);
  const limit = numberFrom(request.query, 'limit') ?? 0;
  const page = limit === 0 ? rest : rest.slice(0, limit);
  const last = page.at(-1);
  const more =
    last === undefined || page.length === rest.length
      ? {}
      : { continue: writeContinue({ rv, start: keyOf(last) }), remainingItemCount: rest.length - page.length };
  const answer: PlainAnswer = {
    kind: 'json',
    code: 200,
    body: {
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata: { resourceVersion: String(rv), ...more },
      items: page.map((object) => itemOf(object, resource)),
    },
  };
  return inAskedForm(answer, request);
};
