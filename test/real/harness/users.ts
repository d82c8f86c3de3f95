import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';

/** Who asks the API server with a token of its own. The names of the control plane are those that its roles are bound to. */
const users = {
  admin: { user: 'lab-admin', group: 'system:masters' },
  controllers: { user: 'system:kube-controller-manager' },
  scheduler: { user: 'system:kube-scheduler' },
  kwok: { user: 'kwok', group: 'system:masters' },
  judge: { user: 'pod-judge', group: 'system:masters' },
  kyverno: { user: 'system:serviceaccount:kyverno:kyverno-admission-controller', group: 'system:masters' },
  metrics: { user: 'system:serviceaccount:monitoring:kube-state-metrics' },
} as const;

/** One of the users above. */
export type UserName = keyof typeof users;

/** A token for each, good for one life of the cluster. */
export type Tokens = Readonly<Record<UserName, string>>;

/** Makes new tokens. */
export const makeTokens = (): Tokens =>
  Object.fromEntries(Object.keys(users).map((name) => [name, randomBytes(24).toString('base64url')])) as Tokens;

/** The file that the API server reads them from. */
export const tokenFile = (tokens: Tokens): string =>
  Object.entries(users)
    .map(([name, entry]) => {
      const groups = 'group' in entry ? `,"${entry.group}"` : '';
      return `${tokens[name as UserName]},${entry.user},${name}${groups}\n`;
    })
    .join('');

/** Where the API server is, and who vouches for it. */
export interface Server {
  readonly url: string;
  readonly caPem: string;
}

/** The text of a kubeconfig for somebody with a token. */
export const kubeconfigText = ({ url, caPem }: Server, token: string): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'real',
        cluster: { server: url, 'certificate-authority-data': Buffer.from(caPem).toString('base64') },
      },
    ],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'real', context: { cluster: 'real', user: 'user' } }],
    'current-context': 'real',
  });
