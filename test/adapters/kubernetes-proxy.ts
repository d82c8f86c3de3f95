import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A wire between a client and a server that can be cut. It sees bytes only, so that TLS passes through it. */
export interface Wire {
  /** The kubeconfig with this wire's port in the place of the server's. */
  readonly through: (kubeconfig: string) => string;
  /** Destroys every connection that stands now; new ones are let through. */
  cut(): void;
  /** From now on no new connection is let through, and those that stand are cut. */
  unplug(): void;
  plug(): void;
  close(): Promise<void>;
}

/** Starts a wire to the server of a kubeconfig. */
export const startWire = async (kubeconfig: string): Promise<Wire> => {
  const target = /https?:\/\/127\.0\.0\.1:(\d+)/.exec(kubeconfig);
  const sockets = new Set<Socket>();
  let plugged = true;
  const hold = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((near) => {
    hold(near);
    if (!plugged) {
      near.destroy();
      return;
    }
    const far = connect(Number(target?.[1]), '127.0.0.1');
    hold(far);
    near.pipe(far);
    far.pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    through: (text) => text.replace(/(https?:\/\/127\.0\.0\.1:)\d+/, `$1${port}`),
    cut,
    unplug: () => {
      plugged = false;
      cut();
    },
    plug: () => {
      plugged = true;
    },
    close: async () => {
      server.close();
      cut();
      if (server.listening) await once(server, 'close');
    },
  };
};
