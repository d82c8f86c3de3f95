import { KubeConfig } from '@kubernetes/client-node';
import { textAt } from '../../domain/json-read.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { createConnection, type KubeConnection, type KubeReply } from './connection.ts';
import { serverMessage } from './server-message.ts';

/** A service account by its place. */
export interface AccountRef {
  readonly namespace: string;
  readonly name: string;
}

/** What acting needs: the way in as the account that reads, and the account in whose name is written. */
interface ActDeps {
  readonly reading: Pick<KubeConnection, 'send'>;
  readonly kubeconfig: KubeConfig;
  readonly account: AccountRef;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Pick<Log, 'warn'>;
}

const tokenSeconds = 3_600;
/** A token is not used in its last minutes: the server's clock may be ahead. */
const sparedMs = 300_000;

interface Acting {
  readonly connection: Pick<KubeConnection, 'send'>;
  readonly untilMs: number;
}

/** The same cluster, and nothing of who we are there but a token. */
const withToken = ({ kubeconfig }: ActDeps, token: string): KubeConnection => {
  const cluster = kubeconfig.getCurrentCluster();
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: cluster === null ? [] : [cluster],
    users: [{ name: 'act', token }],
    contexts: [{ name: 'act', cluster: cluster?.name ?? '', user: 'act' }],
    currentContext: 'act',
  });
  return createConnection(config);
};

/**
 * The road for writes: requests go out in the name of the acting account, by a token that is asked for when it is needed and
 * good for an hour. Where that account does not exist, or may not be asked for, the reading account's own rights decide.
 */
export const createActConnection = (deps: ActDeps): Pick<KubeConnection, 'send'> => {
  const { reading, account, clock, log } = deps;
  let acting: Acting | null = null;

  const ask = (): Promise<KubeReply> =>
    reading.send({
      method: 'POST',
      path: `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`,
      headers: { 'Content-Type': 'application/json' },
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: tokenSeconds },
      },
    });

  const become = async (): Promise<Acting | KubeReply> => {
    const reply = await ask();
    if (reply.kind === 'silence') return reply;
    const token = textAt(reply.body, 'status', 'token');
    if (reply.status === 201 && token !== '') {
      const until = Date.parse(textAt(reply.body, 'status', 'expirationTimestamp'));
      return { connection: withToken(deps, token), untilMs: Number.isNaN(until) ? clock.nowMs() : until };
    }
    if (reply.status !== 403 && reply.status !== 404) {
      return { kind: 'silence', reason: `no token of ${account.namespace}/${account.name}: ${serverMessage(reply)}` };
    }
    log.warn({ account, reason: serverMessage(reply) }, 'no account of its own for writing: the reading one is used');
    return { connection: reading, untilMs: clock.nowMs() + tokenSeconds * 1_000 };
  };

  const current = async (): Promise<Acting | KubeReply> => {
    if (acting !== null && clock.nowMs() < acting.untilMs - sparedMs) return acting;
    const next = await become();
    if ('connection' in next) acting = next;
    return next;
  };

  return {
    send: async (request) => {
      const first = await current();
      if (!('connection' in first)) return first;
      const reply = await first.connection.send(request);
      if (reply.kind === 'silence' || reply.status !== 401 || first.connection === reading) return reply;
      // The server no longer knows the token, so it did nothing: a new one may be asked for.
      acting = null;
      const second = await current();
      return 'connection' in second ? second.connection.send(request) : second;
    },
  };
};
