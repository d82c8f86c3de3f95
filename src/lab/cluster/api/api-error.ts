import type { KubeObject } from '../kube-object.ts';
import type { ResourceName } from '../kube-store.ts';
import { qualifiedPlural } from './served-resource.ts';

/** Why one field is wrong, as details.causes carries it. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** The failure form of meta/v1 Status. */
interface StatusFailure {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly code: number;
}

/** A refusal in the API server's own words; `status` is the exact answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: StatusFailure;

  constructor(code: number, message: string, extra: Pick<StatusFailure, 'reason' | 'details'> = {}) {
    super(message);
    this.status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, ...extra, code };
  }
}

type Named = Pick<ResourceName, 'group' | 'plural'>;

const detailsOf = ({ group, plural }: Named, name: string): Record<string, unknown> => ({
  ...(name === '' ? {} : { name }),
  ...(group === '' ? {} : { group }),
  kind: plural,
});

/** 404: no object of that name. */
export const notFound = (resource: Named, name: string): ApiError =>
  new ApiError(404, `${qualifiedPlural(resource)} "${name}" not found`, {
    reason: 'NotFound',
    details: detailsOf(resource, name),
  });

/** 409: the name is taken. */
export const alreadyExists = (resource: Named, name: string): ApiError =>
  new ApiError(409, `${qualifiedPlural(resource)} "${name}" already exists`, {
    reason: 'AlreadyExists',
    details: detailsOf(resource, name),
  });

/** The words of a lost optimistic lock. */
export const staleObject =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 409: a precondition does not hold. */
export const conflict = (resource: Named, name: string, why: string): ApiError =>
  new ApiError(409, `Operation cannot be fulfilled on ${qualifiedPlural(resource)} "${name}": ${why}`, {
    reason: 'Conflict',
    details: detailsOf(resource, name),
  });

/** 409 of a server-side apply that meets other managers' fields. */
export const applyConflict = (causes: readonly StatusCause[]): ApiError => {
  const list = causes.map(({ message, field }) => `${message}: ${field ?? ''}`);
  const text =
    causes.length === 1
      ? `Apply failed with 1 conflict: ${list.join('')}`
      : `Apply failed with ${causes.length} conflicts: ${list.map((line) => `\n- ${line}`).join('')}`;
  return new ApiError(409, text, { reason: 'Conflict', details: { causes } });
};

/** 400: the request makes no sense. */
export const badRequest = (message: string): ApiError => new ApiError(400, message, { reason: 'BadRequest' });

/** 422 of a patch that does not fit the object (a failed `test` above all): the real server does not say why. */
export const unfitPatch = (): ApiError =>
  new ApiError(422, 'the server rejected our request due to an error in our request', {
    reason: 'Invalid',
    details: {},
  });

/** 422: fields that may not be so. */
export const invalid = (
  object: Pick<KubeObject, 'kind'> & { group: string; name: string },
  causes: readonly StatusCause[],
): ApiError => {
  const list = causes.map(({ field, message }) => `${field ?? ''}: ${message}`);
  const what = object.kind === '' ? '' : object.group === '' ? object.kind : `${object.kind}.${object.group}`;
  const why = list.length === 1 ? list.join('') : `[${list.join(', ')}]`;
  return new ApiError(422, `${what} "${object.name}" is invalid: ${why}`, {
    reason: 'Invalid',
    details: {
      ...(object.name === '' ? {} : { name: object.name }),
      ...(object.group === '' ? {} : { group: object.group }),
      ...(object.kind === '' ? {} : { kind: object.kind }),
      causes,
    },
  });
};

/** 403 of a built-in admission plug-in: quota, limit range, service account. */
export const refusedObject = (resource: Named, name: string, why: string): ApiError =>
  new ApiError(403, `${qualifiedPlural(resource)} "${name}" is forbidden: ${why}`, {
    reason: 'Forbidden',
    details: detailsOf(resource, name),
  });

/** 401. */
export const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', { reason: 'Unauthorized' });

/** 405. */
export const methodNotAllowed = (): ApiError =>
  new ApiError(405, 'the server does not allow this method on the requested resource', {
    reason: 'MethodNotAllowed',
    details: {},
  });

/** 406. */
export const notAcceptable = (message: string): ApiError => new ApiError(406, message, { reason: 'NotAcceptable' });

/** 413. */
export const tooLarge = (bytesMax: number): ApiError =>
  new ApiError(413, `Request entity too large: limit is ${bytesMax}`, { reason: 'RequestEntityTooLarge', details: {} });

/** 415. */
export const unsupportedMediaType = (accepted: readonly string[]): ApiError =>
  new ApiError(
    415,
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    { reason: 'UnsupportedMediaType' },
  );

/** 410: what the client wants to go on from is no longer kept. */
export const expired = (message: string): ApiError => new ApiError(410, message, { reason: 'Expired' });
