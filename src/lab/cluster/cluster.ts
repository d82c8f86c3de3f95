import { randomBytes } from 'node:crypto';
import { type AuditEvent, createAuditLog } from './access/audit-log.ts';
import { authenticatedUser } from './access/token-table.ts';
import { startKyverno } from './admission/kyverno.ts';
import type { PodLogs } from './api/api-context.ts';
import { type ApiFault, type ApiWitness, createApiFaults } from './api/api-faults.ts';
import { startApiServer } from './api/api-server.ts';
import { createResourceCatalog } from './api/resource-catalog.ts';
import { type ApiStore, createKubeStore } from './create-kube-store.ts';
import { kubeconfigFor } from './kubeconfig.ts';
import { loadManifests } from './load-manifests.ts';
import { makeServingCertificate } from './serving-certificate.ts';

/** What a small cluster is started with. */
interface ClusterOptions {
  /** The cluster's clock, epoch milliseconds. It must be near the wall clock, because clients check certificates. */
  readonly nowMs: () => number;
  /** Folders or files of YAML that are in the cluster from the start. */
  readonly manifests: readonly string[];
  readonly auditLogPath?: string;
  /** Looks on as the API server works; for rehearsals of trouble. */
  readonly witness?: ApiWitness;
  /** Audit events that are kept in memory. */
  readonly auditEventsMax?: number;
  readonly podLogs?: PodLogs;
  /** Changes that watches can resume from; small values make 410 Gone easy to meet. */
  readonly historyMax?: number;
}

/** The users that have a kubeconfig: the bot as it reads, the bot as it acts, and an administrator. */
type ClusterUser = 'bot' | 'bot-act' | 'admin';

/** A running small cluster: an API server and admission over a store. Controllers are started beside it, on the same store. */
export interface Cluster {
  readonly url: string;
  readonly caPem: string;
  readonly store: ApiStore;
  kubeconfig(user: ClusterUser): string;
  auditEvents(): readonly AuditEvent[];
  /** Whether Kyverno's webhook server answers. */
  setKyverno(available: boolean): void;
  /** Plans trouble for requests to come. */
  injectFault(fault: ApiFault): void;
  clearFaults(): void;
  /** Cuts every connection to the API server, watches included. */
  dropConnections(): void;
  close(): Promise<void>;
}

const auditEventsKept = 10_000;

const accounts = {
  bot: authenticatedUser('system:serviceaccount:sre:ai4all-sre'),
  'bot-act': authenticatedUser('system:serviceaccount:sre:ai4all-sre-act'),
  admin: authenticatedUser('lab-admin', ['system:masters']),
} as const;

const clusterUsers = ['bot', 'bot-act', 'admin'] as const;

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const nameSuffix = (): string => [...randomBytes(5)].map((byte) => alphabet[byte % alphabet.length]).join('');

const systemNamespaces = ['default', 'kube-system', 'kube-public'];

/** Starts a cluster on a free port of 127.0.0.1. */
export const startCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const { nowMs, historyMax, podLogs = () => '' } = options;
  const store = createKubeStore({ now: nowMs, ...(historyMax === undefined ? {} : { historyMax }) });
  for (const name of systemNamespaces) {
    const labels = { 'kubernetes.io/metadata.name': name };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels }, status: { phase: 'Active' } };
    store.create('namespaces', namespace, 'kube-apiserver');
  }
  const admission = startKyverno(store);
  for (const path of options.manifests) loadManifests(store, path);
  const newToken = (): string => randomBytes(24).toString('base64url');
  const tokens = { bot: newToken(), 'bot-act': newToken(), admin: newToken() };
  const known = new Map(clusterUsers.map((user) => [tokens[user], accounts[user]]));
  const audit = createAuditLog({ path: options.auditLogPath, eventsMax: options.auditEventsMax ?? auditEventsKept });
  const faults = createApiFaults(options.witness);
  const certificate = await makeServingCertificate(nowMs());
  const server = await startApiServer({
    context: { store, catalog: createResourceCatalog(store), admission, now: nowMs, podLogs, nameSuffix },
    certificate,
    tokens: known,
    issueToken: (username) => {
      const token = newToken();
      known.set(token, authenticatedUser(username));
      return token;
    },
    audit,
    faults,
  });
  return {
    url: server.url,
    caPem: certificate.caPem,
    store,
    kubeconfig: (user) => kubeconfigFor({ url: server.url, caPem: certificate.caPem, user, token: tokens[user] }),
    auditEvents: audit.events,
    setKyverno: admission.setAvailable,
    injectFault: faults.plan,
    clearFaults: faults.clear,
    dropConnections: server.drop,
    close: async () => {
      admission.close();
      await server.close();
      await audit.close();
    },
  };
};
