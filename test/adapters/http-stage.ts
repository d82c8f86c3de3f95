import { connect, type Socket } from 'node:net';
import { createPrometheusMeter } from '../../src/adapters/http/prometheus-meter.ts';
import { type ConnectionBounds, createHttpServer } from '../../src/adapters/http/server.ts';
import { createAlertInbox } from '../../src/adapters/sqlite/alert-inbox.ts';
import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { createJournal } from '../../src/adapters/sqlite/journal.ts';
import type { Alert } from '../../src/domain/alert.ts';
import { sources } from '../../src/sources/index.ts';
import { createStillClock, realIds, silentLog } from '../fakes/clock.ts';

/** The secret of the one sender that the stage knows, of a length that people use. */
export const secret = 'a-secret-of-enough-characters';

/** The server over real stores, and the hands of those who send to it. */
export interface HttpStage {
  readonly base: string;
  readonly clock: ReturnType<typeof createStillClock>;
  /** A delivery from the known sender unless `init` says otherwise. */
  post(path: string, init?: RequestInit): Promise<Response>;
  /** The same with these alerts in Alertmanager's form. */
  deliver(alerts: readonly unknown[]): Promise<Response>;
  /** What waits in the inbox, oldest first. */
  kept(): Promise<readonly Alert[]>;
  /** The journal's records of refused deliveries, oldest first. */
  refusals(): Promise<readonly { readonly subject: string; readonly actor: string; readonly detail: object }[]>;
  metrics(): Promise<string>;
  /** A bare connection, and all that it is told until it ends. */
  connect(): { readonly socket: Socket; readonly heard: Promise<string> };
  close(): Promise<void>;
}

const listenTo = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    // A reset is one way to end a connection; what was heard before it counts.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });

/** Starts the server on a free port. */
export const startHttpStage = async (bounds?: ConnectionBounds): Promise<HttpStage> => {
  const database = openDatabase(':memory:');
  const clock = createStillClock();
  const inbox = createAlertInbox({ database, ids: realIds });
  const journal = createJournal({ database, clock });
  const { meter, text } = createPrometheusMeter();
  const server = createHttpServer({
    notices: { tell: () => undefined },
    ...{ host: '127.0.0.1', port: 0, senders: [{ name: 'am', secret }], sources },
    ...{ inbox, journal, clock, log: silentLog, meter, metricsText: text, ready: () => [] },
    ...(bounds === undefined ? {} : { bounds }),
  });
  const base = await server.start();
  const post = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      ...init,
    });
  return {
    base,
    clock,
    post,
    deliver: (alerts) => post('/alerts/alertmanager', { body: JSON.stringify({ version: '4', alerts }) }),
    kept: async () => (await inbox.pending(1_000)).map(({ alert }) => alert),
    refusals: async () => (await journal.of('bot')).filter(({ verb }) => verb === 'delivery-refused'),
    metrics: text,
    connect: () => {
      const socket = connect(Number(new URL(base).port), '127.0.0.1');
      return { socket, heard: listenTo(socket) };
    },
    close: async () => {
      await server.stop();
      database.close();
    },
  };
};
