import type { AppEvent } from './logs/voice.ts';
import type { Dependency } from './profiles.ts';
import type { Call } from './shop.ts';

type Protocol = Dependency['protocol'];

const redisDown = (endpoint: string, trouble: string): string =>
  `StackExchange.Redis.RedisConnectionException: It was not possible to connect to the redis server(s). ${trouble} (${endpoint})`;

/** What a client library says when the dial to `address` fails with `trouble`. */
export const dialFailure = (protocol: Protocol, address: string, trouble: string): string => {
  const network = trouble.startsWith('lookup') ? trouble : `dial tcp ${address}: ${trouble}`;
  switch (protocol) {
    case 'grpc':
      return `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: ${network}"`;
    case 'redis':
      return redisDown(address, `UnableToConnect: ${trouble.replace('connect: ', '')}`);
    case 'http':
      return `ConnectionError(MaxRetryError("HTTPConnectionPool(host='frontend', port=80): Max retries exceeded (Caused by NewConnectionError('${trouble.replace('connect: ', '')}'))"))`;
  }
};

/** What a client library says when the answer came too late. */
export const deadlineFailure = (protocol: Protocol, timeoutMs: number): string => {
  switch (protocol) {
    case 'grpc':
      return 'rpc error: code = DeadlineExceeded desc = context deadline exceeded';
    case 'redis':
      return `StackExchange.Redis.RedisTimeoutException: Timeout performing HGET (${timeoutMs}ms), inst: 0, qu: 0, qs: 14, aw: False`;
    case 'http':
      return `ReadTimeout: HTTPConnectionPool(host='frontend', port=80): Read timed out. (read timeout=${timeoutMs / 1_000})`;
  }
};

/** What the Redis client says when Redis turns it away at the door. */
export const refusedByRedis = (address: string): string =>
  redisDown(address, 'Error: ERR max number of clients reached. UnableToConnect');

/** What a service answers when an essential call of its own failed. */
export const answeredFailure = (caller: string, trouble: string, error: string): string => {
  if (caller === 'cartservice') return `rpc error: code = FailedPrecondition desc = ${trouble} ${error}`;
  if (caller === 'frontend') return `${trouble}: ${error}`;
  return `rpc error: code = Internal desc = ${trouble}: ${error}`;
};

/** What the caller tells its log of a call that failed. */
export const failureOf = ({ rpc, to, trouble, essential }: Call, error: string): AppEvent => ({
  kind: 'call-failed',
  task: rpc,
  peer: to,
  error,
  trouble,
  tolerated: !essential,
});
