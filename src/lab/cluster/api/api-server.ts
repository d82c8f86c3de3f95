import { createServer } from 'node:https';
import type { AuditLog } from '../access/audit-log.ts';
import { createAuthorizer } from '../access/authorize.ts';
import type { TokenTable } from '../access/token-table.ts';
import type { ServingCertificate } from '../serving-certificate.ts';
import type { ApiContext } from './api-context.ts';
import type { ApiFaults } from './api-faults.ts';
import { handleMessage, type MessageDependencies } from './handle-message.ts';

/** What the server needs beside the cluster's state. */
interface ApiServerOptions {
  readonly context: ApiContext;
  readonly certificate: ServingCertificate;
  readonly tokens: TokenTable;
  /** Makes a new token of a user, which is in `tokens` from then on. */
  readonly issueToken: (username: string) => string;
  readonly audit: AuditLog;
  readonly faults: ApiFaults;
}

/** A running API server. */
interface ApiServer {
  /** Cuts every open connection, watches included. */
  drop(): void;
  /** `https://127.0.0.1:<port>`. */
  readonly url: string;
  /** Ends all watches and connections. */
  close(): Promise<void>;
}

/** Serves the Kubernetes API over HTTPS on a free port of 127.0.0.1. */
export const startApiServer = async (options: ApiServerOptions): Promise<ApiServer> => {
  const { context, certificate, tokens, issueToken, audit, faults } = options;
  let address = '';
  const deps: MessageDependencies = {
    context,
    audit,
    faults,
    reviews: { authorize: createAuthorizer(context.store), tokens, issueToken, now: context.now },
    address: () => address,
  };
  const server = createServer({ key: certificate.keyPem, cert: certificate.certPem }, (message, response) => {
    void handleMessage(deps, message, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  address = typeof bound === 'object' && bound !== null ? `127.0.0.1:${bound.port}` : '';
  return {
    url: `https://${address}`,
    drop: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
