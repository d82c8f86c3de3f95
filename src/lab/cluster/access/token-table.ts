import { createHash } from 'node:crypto';
import type { ApiUser } from '../api/api-request.ts';

/** The bearer tokens that the server knows, and whose they are. */
export type TokenTable = ReadonlyMap<string, ApiUser>;

/** The user of a request without credentials. */
export const anonymous: ApiUser = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** A user as authentication makes it: the groups that every authenticated user has are added. */
export const authenticatedUser = (username: string, groups: readonly string[] = []): ApiUser => {
  const [, , namespace] = /^(system:serviceaccount):([^:]+):/.exec(username) ?? [];
  const serviceGroups =
    namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const uid = createHash('sha256').update(username).digest('hex').slice(0, 32);
  return { username, uid, groups: [...groups, ...serviceGroups, 'system:authenticated'] };
};

/** Who sends this Authorization header; null when the token is not known. */
export const authenticate = (tokens: TokenTable, authorization: string | undefined): ApiUser | null => {
  if (authorization === undefined) return anonymous;
  const [, token = ''] = /^Bearer\s+(\S+)$/i.exec(authorization) ?? [];
  return tokens.get(token) ?? null;
};
