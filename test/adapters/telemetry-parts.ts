import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../src/ports/log.ts';

/** A log that nobody reads. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};

/** A server that answers as a test wants, on 127.0.0.1. */
export const startServer = async (listener: RequestListener) => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** An address at which nothing listens any more. */
export const deadUrl = async (): Promise<string> => {
  const server = await startServer(() => {});
  await server.close();
  return server.url;
};

/** A fetch that waits until its signal ends it, and then sees the time limit as an adapter's own timer would raise it. */
export const fetchThatTimesOut: typeof fetch = () =>
  Promise.reject(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
