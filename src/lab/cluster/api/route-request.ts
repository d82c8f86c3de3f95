import type { ApiContext } from './api-context.ts';
import { methodNotAllowed } from './api-error.ts';
import type { ApiAnswer, ApiRequest, PlainAnswer } from './api-request.ts';
import { discover } from './discovery.ts';
import { handlers } from './handlers.ts';
import { answerReview, issueAccountToken, type ReviewSources } from './reviews.ts';
import type { ServedResource } from './served-resource.ts';

const nothingHere: PlainAnswer = { kind: 'text', code: 404, body: '404 page not found\n' };

/** Whether the path's depth fits the kind: a namespaced object is not reachable without its namespace. */
const isReachable = ({ info }: ApiRequest, { namespaced }: ServedResource): boolean =>
  namespaced ? info.namespace !== '' || info.verb === 'list' || info.verb === 'watch' : info.namespace === '';

const onObjects = new Set(['get', 'update', 'patch', 'delete']);

/** Objects are changed by their name; they are created in the collection, and only subresources below a name. */
const isAtItsPlace = ({ info }: ApiRequest): boolean => {
  if (onObjects.has(info.verb)) return info.name !== '';
  return info.verb !== 'create' || (info.name !== '') === (info.subresource !== '');
};

/** Answers an authorised request. Throws ApiError for refusals. */
export const routeRequest = (
  context: ApiContext,
  request: ApiRequest,
  outer: { readonly reviews: ReviewSources; readonly address: string },
): ApiAnswer => {
  const { info } = request;
  if (!info.isResource) return discover(context.catalog, info.path, outer.address) ?? nothingHere;
  const review = answerReview(outer.reviews, request);
  if (review !== null) return review;
  if (info.plural === 'serviceaccounts' && info.subresource === 'token' && info.verb === 'create') {
    return issueAccountToken(outer.reviews, request, context.store.get('serviceaccounts', info.namespace, info.name));
  }
  const resource = context.catalog.find(info.group, info.version, info.plural);
  if (resource === undefined || !isReachable(request, resource)) return nothingHere;
  if (info.subresource !== '' && !resource.subresources.includes(info.subresource)) return nothingHere;
  const handler = handlers[info.subresource]?.[info.verb];
  if (handler === undefined || !isAtItsPlace(request)) throw methodNotAllowed();
  return handler(context, request, resource);
};
