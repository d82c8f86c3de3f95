import { createConnection, type KubeConnection, type ReplyForm } from './connection.ts';
import { type KubeconfigChoice, loadKubeconfig } from './kubeconfig.ts';
import { createReader, type Reader } from './reader.ts';
import { createResourcePaths, type ResourcePaths } from './resource-paths.ts';

/** One API server and the ways to speak with it, which all parts of this adapter share. */
export interface ApiServer {
  readonly connection: KubeConnection;
  readonly paths: ResourcePaths;
  readonly reader: Reader;
}

/** Opens the way to one API server, with sockets of its own. Throws BotError `kubeconfig`; sends nothing until it is used. */
export const createApiServer = (choice: KubeconfigChoice, form?: ReplyForm): ApiServer => {
  const connection = createConnection(loadKubeconfig(choice), form);
  const paths = createResourcePaths(connection);
  return { connection, paths, reader: createReader(connection, paths) };
};
