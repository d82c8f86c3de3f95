import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type Ack, type EnvelopeKind, isObject, type JsonObject, type Link } from './slack-objects.ts';

/** Socket Mode's server side. */
export interface SocketLink extends Link {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Asks every open socket to come again, as Slack does some times a day. */
  refresh(reason: 'warning' | 'refresh_requested' | 'link_disabled'): void;
  /** Cuts every socket without a word, as a broken network does. */
  drop(): void;
}

interface Parcel {
  readonly kind: EnvelopeKind;
  readonly payload: JsonObject;
  readonly envelopeId: string;
  readonly settle: (ack: Ack) => void;
  attempt: number;
  socket: WebSocket | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** Slack closes a socket whose client sends a larger frame than this. */
const frameBytesMax = 20_480;
/** Events are tried this often again; commands and clicks never, because a person is waiting. */
const eventRetriesMax = 3;

const frameOf = (parcel: Parcel): string =>
  JSON.stringify({
    envelope_id: parcel.envelopeId,
    type: parcel.kind,
    accepts_response_payload: parcel.kind !== 'events_api',
    ...(parcel.kind === 'events_api'
      ? { retry_attempt: parcel.attempt, retry_reason: parcel.attempt === 0 ? '' : 'timeout' }
      : {}),
    payload: parcel.payload,
  });

const readAck = (data: RawData): { readonly id: string; readonly payload: JsonObject } | undefined => {
  try {
    const frame: unknown = JSON.parse(String(data));
    if (!isObject(frame) || typeof frame.envelope_id !== 'string') return undefined;
    return { id: frame.envelope_id, payload: isObject(frame.payload) ? frame.payload : {} };
  } catch {
    return undefined;
  }
};

interface Desk {
  readonly sockets: Set<WebSocket>;
  /** Sockets that were asked to come again: they get no more envelopes. */
  readonly leaving: Set<WebSocket>;
  readonly waiting: Map<string, Parcel>;
  readonly ackMs: number;
  /** Whether any socket ever came: before that there is nobody to wait for. */
  everOpen: boolean;
  turn: number;
}

const openSockets = (desk: Desk): readonly WebSocket[] =>
  [...desk.sockets].filter((socket) => socket.readyState === socket.OPEN && !desk.leaving.has(socket));

const settle = (desk: Desk, parcel: Parcel, answer: Pick<Ack, 'acked' | 'payload'>): void => {
  clearTimeout(parcel.timer);
  desk.waiting.delete(parcel.envelopeId);
  parcel.settle({ ...answer, attempts: parcel.attempt + 1 });
};

const armTimer = (desk: Desk, parcel: Parcel): void => {
  clearTimeout(parcel.timer);
  parcel.timer = setTimeout(() => {
    const again = parcel.kind === 'events_api' && parcel.attempt < eventRetriesMax;
    if (!again) {
      settle(desk, parcel, { acked: false, payload: {} });
      return;
    }
    parcel.attempt += 1;
    parcel.socket = undefined;
    send(desk, parcel);
  }, desk.ackMs);
};

/** Sends over the next open socket in turn; without one the parcel waits for a socket until its time is over. */
const send = (desk: Desk, parcel: Parcel): void => {
  const open = openSockets(desk);
  const socket = open[desk.turn % Math.max(open.length, 1)];
  desk.turn += 1;
  parcel.socket = socket;
  armTimer(desk, parcel);
  socket?.send(frameOf(parcel));
};

const dispatch = (desk: Desk, kind: EnvelopeKind, payload: JsonObject): Promise<Ack> =>
  new Promise((resolve) => {
    const envelopeId = randomUUID();
    const parcel: Parcel = {
      kind,
      payload,
      envelopeId,
      settle: resolve,
      attempt: 0,
      socket: undefined,
      timer: undefined,
    };
    desk.waiting.set(envelopeId, parcel);
    send(desk, parcel);
  });

const sendWaiting = (desk: Desk): void => {
  for (const parcel of desk.waiting.values()) if (parcel.socket === undefined) send(desk, parcel);
};

const hello = (connections: number, appId: string): string =>
  JSON.stringify({
    type: 'hello',
    num_connections: connections,
    debug_info: { host: 'applink-local', build_number: 1, approximate_connection_time: 18_060 },
    connection_info: { app_id: appId },
  });

const forget = (desk: Desk, socket: WebSocket): void => {
  desk.sockets.delete(socket);
  desk.leaving.delete(socket);
  // What this socket never acknowledged comes again over another one: apps must expect duplicates.
  for (const parcel of desk.waiting.values()) if (parcel.socket === socket) parcel.socket = undefined;
  sendWaiting(desk);
};

/** Serves Socket Mode. `ackMs` is how long an app may take for one attempt; `onConnected` hears when the first socket comes or the last goes. */
export const createSocketLink = (options: {
  readonly appId: string;
  readonly ackMs: number;
  readonly onConnected: (connected: boolean) => void;
}): SocketLink => {
  const server = new WebSocketServer({ noServer: true, maxPayload: frameBytesMax });
  const desk: Desk = {
    sockets: new Set(),
    leaving: new Set(),
    waiting: new Map(),
    ackMs: options.ackMs,
    everOpen: false,
    turn: 0,
  };
  const report = (): void => options.onConnected(openSockets(desk).length > 0);

  const welcome = (socket: WebSocket): void => {
    desk.sockets.add(socket);
    desk.everOpen = true;
    socket.on('message', (data) => {
      const ack = readAck(data);
      const parcel = ack === undefined ? undefined : desk.waiting.get(ack.id);
      if (ack !== undefined && parcel !== undefined) settle(desk, parcel, { acked: true, payload: ack.payload });
    });
    // ws itself closes with 1009 when a frame is too large; an error listener must exist or the process would end.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      forget(desk, socket);
      report();
    });
    socket.send(hello(desk.sockets.size, options.appId));
    report();
    sendWaiting(desk);
  };

  return {
    connected: () => openSockets(desk).length > 0,
    deliver: (kind, payload) =>
      desk.everOpen ? dispatch(desk, kind, payload) : Promise.resolve({ acked: false, payload: {}, attempts: 0 }),
    upgrade: (request, socket, head) => server.handleUpgrade(request, socket, head, welcome),
    refresh: (reason) => {
      for (const socket of openSockets(desk)) {
        desk.leaving.add(socket);
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-local' } }));
      }
    },
    drop: () => {
      for (const socket of desk.sockets) socket.terminate();
    },
    close: () => {
      for (const parcel of [...desk.waiting.values()]) settle(desk, parcel, { acked: false, payload: {} });
      for (const socket of desk.sockets) socket.terminate();
      server.close();
    },
  };
};
