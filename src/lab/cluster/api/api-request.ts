/** Who asks. */
export interface ApiUser {
  readonly username: string;
  readonly groups: readonly string[];
  readonly uid?: string;
}

/** What is asked for, as RBAC, audit and routing see it. For paths that are no resource only `path` and `verb` have meaning. */
export interface RequestInfo {
  readonly path: string;
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

/** One request after the wire: authenticated, its body read but not decoded. */
export interface ApiRequest {
  readonly info: RequestInfo;
  readonly user: ApiUser;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly accept: string;
  readonly userAgent: string;
  readonly body: string;
}

/** An answer that fits one message. */
export interface PlainAnswer {
  readonly kind: 'json' | 'text';
  readonly code: number;
  readonly body: unknown;
  /** Sent as `Warning: 299` headers. */
  readonly warnings?: readonly string[];
}

/** Where a watch writes its lines. */
export interface LineStream {
  write(line: unknown): void;
  end(): void;
  onClose(stop: () => void): void;
}

/** An answer that goes on: the server hands over the stream after the headers. */
export interface StreamAnswer {
  readonly kind: 'stream';
  readonly code: 200;
  start(stream: LineStream): void;
}

/** What the server answers. */
export type ApiAnswer = PlainAnswer | StreamAnswer;

const writeVerbs: Readonly<Record<string, string>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const isSet = (value: string | null): boolean => value !== null && value !== '' && value !== '0' && value !== 'false';

const verbOf = (method: string, name: string, query: URLSearchParams): string => {
  if (method === 'GET' || method === 'HEAD') {
    if (isSet(query.get('watch'))) return 'watch';
    return name === '' ? 'list' : 'get';
  }
  const verb = writeVerbs[method] ?? method.toLowerCase();
  return verb === 'delete' && name === '' ? 'deletecollection' : verb;
};

const outside = (path: string, method: string): RequestInfo => ({
  path,
  verb: method === 'GET' ? 'get' : (writeVerbs[method] ?? method.toLowerCase()),
  isResource: false,
  group: '',
  version: '',
  plural: '',
  namespace: '',
  name: '',
  subresource: '',
});

/** What follows the group and version in a path: [namespace, plural, name, subresource]. */
const placeOf = (rest: readonly string[]): readonly [string, readonly string[]] =>
  rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize'
    ? [rest[1] ?? '', rest.slice(2)]
    : [rest[0] === 'namespaces' ? (rest[1] ?? '') : '', rest];

/** Reads a request line as the API server does. */
export const readRequestInfo = (method: string, url: URL): RequestInfo => {
  const path = url.pathname;
  const parts = path.split('/').filter((part) => part !== '');
  const prefix = parts[0] === 'api' ? 2 : 3;
  if ((parts[0] !== 'api' && parts[0] !== 'apis') || parts.length <= prefix) return outside(path, method);
  const [namespace, place] = placeOf(parts.slice(prefix).map((part) => decodeURIComponent(part)));
  const [plural = '', name = '', subresource = ''] = place;
  return {
    path,
    verb: verbOf(method, name, url.searchParams),
    isResource: true,
    group: parts[0] === 'api' ? '' : (parts[1] ?? ''),
    version: parts[prefix - 1] ?? '',
    plural,
    namespace: plural === 'namespaces' ? '' : namespace,
    name,
    subresource,
  };
};
