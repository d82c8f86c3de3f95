import { stringify } from 'yaml';

/** The text of a kubeconfig for one user with a bearer token. */
export const kubeconfigFor = (access: {
  readonly url: string;
  readonly caPem: string;
  readonly user: string;
  readonly token: string;
}): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'laboratory',
        cluster: { server: access.url, 'certificate-authority-data': Buffer.from(access.caPem).toString('base64') },
      },
    ],
    users: [{ name: access.user, user: { token: access.token } }],
    contexts: [{ name: 'laboratory', context: { cluster: 'laboratory', user: access.user } }],
    'current-context': 'laboratory',
  });
