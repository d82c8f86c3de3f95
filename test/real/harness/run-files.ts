import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { makeServingCertificate } from '../../../src/lab/cluster/serving-certificate.ts';
import { runFolder } from './places.ts';
import { kubeconfigText, makeTokens, tokenFile, type UserName } from './users.ts';

/** Writes a file that only its owner may read; the answer is its path. */
export const writePrivate = (name: string, text: string): string => {
  const path = join(runFolder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

/** Who wrote what is kept whole; who read, in one line; what the machinery says to itself, not at all. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', users: ['system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler', 'kwok'] },
    { level: 'None', userGroups: ['system:serviceaccounts:kube-system', 'system:serviceaccounts:kyverno'] },
    { level: 'None', nonResourceURLs: ['/healthz*', '/livez*', '/readyz*', '/version', '/openapi*'] },
    { level: 'None', resources: [{ group: 'coordination.k8s.io' }] },
    { level: 'RequestResponse', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'Metadata' },
  ],
};

/** Paths of what the control plane reads at its start. */
export interface RunFiles {
  readonly caPem: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly accountKey: string;
  readonly accountPublicKey: string;
  readonly tokens: string;
  readonly auditPolicy: string;
  readonly kubeconfigs: Readonly<Record<UserName, string>>;
}

/** Makes keys, certificates, tokens, kubeconfigs and the audit policy of one life of the cluster. */
export const makeRunFiles = async (url: string): Promise<RunFiles> => {
  const { caPem, certPem, keyPem } = await makeServingCertificate(Date.now());
  const accounts = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const tokens = makeTokens();
  const kubeconfigs = Object.entries(tokens).map(([name, token]) => [
    name,
    writePrivate(`${name}.kubeconfig`, kubeconfigText({ url, caPem }, token)),
  ]);
  return {
    caPem,
    ca: writePrivate('ca.crt', caPem),
    certificate: writePrivate('apiserver.crt', certPem),
    key: writePrivate('apiserver.key', keyPem),
    accountKey: writePrivate('accounts.key', accounts.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()),
    accountPublicKey: writePrivate(
      'accounts.pub',
      accounts.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ),
    tokens: writePrivate('tokens.csv', tokenFile(tokens)),
    auditPolicy: writePrivate('audit-policy.yaml', stringify(auditPolicy)),
    kubeconfigs: Object.fromEntries(kubeconfigs) as RunFiles['kubeconfigs'],
  };
};
