import type { Permission } from '../access/authorize.ts';
import { authenticate, type TokenTable } from '../access/token-table.ts';
import { type JsonMap, listOf, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import { decodeBody } from '../objects/apply-patch.ts';
import { ApiError } from './api-error.ts';
import type { ApiRequest, ApiUser, PlainAnswer, RequestInfo } from './api-request.ts';

/** What the questions about access are answered from. */
export interface ReviewSources {
  readonly authorize: (user: ApiUser, info: RequestInfo) => Permission;
  readonly tokens: TokenTable;
  readonly issueToken: (username: string) => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const askedInfo = (spec: JsonMap): RequestInfo => {
  const resource = mapOf(spec.resourceAttributes);
  const path = mapOf(spec.nonResourceAttributes);
  const isResource = spec.nonResourceAttributes === undefined;
  return {
    path: text(path.path),
    verb: text(isResource ? resource.verb : path.verb),
    isResource,
    group: text(resource.group),
    version: text(resource.version),
    plural: text(resource.resource),
    namespace: text(resource.namespace),
    name: text(resource.name),
    subresource: text(resource.subresource),
  };
};

const accessReview = (sources: ReviewSources, user: ApiUser, sent: JsonMap): JsonMap => {
  const { allowed, reason } = sources.authorize(user, askedInfo(mapOf(sent.spec)));
  return { ...sent, status: { allowed, ...(reason === '' ? {} : { reason }) } };
};

const tokenReview = (sources: ReviewSources, sent: JsonMap): JsonMap => {
  const user = authenticate(sources.tokens, `Bearer ${text(mapOf(sent.spec).token)}`);
  return {
    ...sent,
    status: user === null ? { authenticated: false, error: 'invalid bearer token' } : { authenticated: true, user },
  };
};

/** POST serviceaccounts/token: a bearer token of an account, which must exist. */
export const issueAccountToken = (
  sources: ReviewSources,
  request: ApiRequest,
  account: KubeObject | undefined,
): PlainAnswer => {
  const { namespace, name } = request.info;
  if (account === undefined) {
    throw new ApiError(404, `serviceaccounts ${JSON.stringify(name)} not found`, { reason: 'NotFound' });
  }
  const sent = mapOf(decodeBody(request.body, request.contentType));
  const { expirationSeconds = 3600, ...spec } = mapOf(sent.spec);
  const expirationTimestamp = new Date(sources.now() + Number(expirationSeconds) * 1000).toISOString();
  const token = sources.issueToken(`system:serviceaccount:${namespace}:${name}`);
  const body = { ...sent, spec: { ...spec, expirationSeconds }, status: { token, expirationTimestamp } };
  return { kind: 'json', code: 201, body };
};

/** POST on the kinds that are questions: who am I, whose token is this, may I. Null when the path is none of them. */
export const answerReview = (sources: ReviewSources, request: ApiRequest): PlainAnswer | null => {
  const { info, user } = request;
  if (info.verb !== 'create' || !/^auth(entication|orization)\.k8s\.io$/.test(info.group)) return null;
  const sent = mapOf(decodeBody(request.body, request.contentType));
  const answer = (body: JsonMap): PlainAnswer => ({ kind: 'json', code: 201, body });
  switch (info.plural) {
    case 'selfsubjectaccessreviews':
      return answer(accessReview(sources, user, sent));
    case 'subjectaccessreviews': {
      const { user: name, groups } = mapOf(sent.spec);
      return answer(accessReview(sources, { username: text(name), groups: listOf(groups).map(text) }, sent));
    }
    case 'selfsubjectreviews':
      return answer({ ...sent, status: { userInfo: user } });
    case 'tokenreviews':
      return answer(tokenReview(sources, sent));
    default:
      return null;
  }
};
