import { fieldMatcher, labelMatcher, type Matcher } from '../objects/selectors.ts';
import { badRequest } from './api-error.ts';
import type { ApiRequest } from './api-request.ts';
import type { ServedResource } from './served-resource.ts';

/** The objects that a list or watch means: the namespace of the path, the name of the path, and both selectors. */
export const matcherOf = (request: ApiRequest, resource: ServedResource): Matcher => {
  const { namespace, name } = request.info;
  const byLabels = labelMatcher(request.query.get('labelSelector') ?? '');
  const byFields = fieldMatcher(request.query.get('fieldSelector') ?? '', resource.kind);
  return (object) =>
    (namespace === '' || object.metadata.namespace === namespace) &&
    (name === '' || object.metadata.name === name) &&
    byLabels(object) &&
    byFields(object);
};

/** A whole number from the query; undefined when absent. Throws 400. */
export const numberFrom = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
};

/** A flag from the query. */
export const flagFrom = (query: URLSearchParams, name: string): boolean => {
  const text = query.get(name);
  return text === 'true' || text === '1';
};
