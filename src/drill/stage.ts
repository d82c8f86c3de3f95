import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import type { LaboratoryAddress } from '../demo/environment.ts';
import { type Laboratory, startLaboratory } from '../lab/laboratory.ts';
import { type LocalSlack, startLocalSlack } from '../lab/slack/local-slack.ts';
import { createKubeApi, type KubeApi } from './kube-api.ts';
import type { DrillOptions } from './options.ts';

/** Where a drill is played: a cluster with its telemetry, and a Slack with people. The bot is not part of it. */
export interface Stage {
  readonly api: KubeApi;
  readonly slack: LocalSlack;
  /** Where all this answers, for the bot's environment. */
  readonly address: LaboratoryAddress;
  /** A folder of this drill alone, gone when the stage is closed. */
  readonly dataDir: string;
  /** Chaos of the laboratory. Throws where there is none, or when it knows no such fault. */
  readonly chaos: (fault: string, workload: string | undefined) => void;
  /** What the bot wrote, as the audit log has it, oldest first; null where nobody can read it. */
  readonly auditedWrites: () => readonly string[] | null;
  /** What a cluster keeps beyond one drill must be put back; a laboratory is thrown away. */
  readonly isKept: boolean;
  close(): Promise<void>;
}

const manifestsFolder = fileURLToPath(new URL('../../manifests', import.meta.url));
const botUser = 'system:serviceaccount:sre:ai4all-sre';
const actUser = `${botUser}-act`;

/** Nothing listens on the discard port: a source that is not there answers so at once. */
const nowhere = 'http://127.0.0.1:9';

const reads = new Set(['get', 'list', 'watch']);
/** Asking what one may do, and holding a lease, change nothing that anybody runs. */
const harmlessGroups = new Set(['authorization.k8s.io', 'authentication.k8s.io', 'coordination.k8s.io']);

const auditedWritesOf = (lab: Laboratory): readonly string[] =>
  lab.cluster
    .auditEvents()
    .filter(
      ({ user, verb, objectRef }) =>
        [botUser, actUser].includes(user.username) && !reads.has(verb) && objectRef !== undefined,
    )
    .filter(({ objectRef }) => !harmlessGroups.has(objectRef?.apiGroup ?? '') && objectRef?.resource !== 'events')
    .filter(({ objectRef }) => objectRef?.subresource !== 'token')
    .filter(({ requestURI, responseStatus }) => !requestURI.includes('dryRun=All') && Number(responseStatus.code) < 300)
    .map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}/${objectRef?.name}`);

const writeSecret = (path: string, text: string): string => {
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

const stageInLaboratory = async (namespace: string, dataDir: string): Promise<Stage> => {
  const lab = await startLaboratory({ manifestsFolder, auditLogPath: join(dataDir, 'audit.log') });
  return {
    api: createKubeApi(lab.cluster.kubeconfig('admin'), namespace),
    slack: lab.slack,
    address: {
      slack: lab.slack,
      kubeconfigPath: writeSecret(join(dataDir, 'kubeconfig.yaml'), lab.cluster.kubeconfig('bot')),
      namespace,
      prometheusUrl: lab.telemetry.prometheusUrl,
      lokiUrl: lab.telemetry.lokiUrl,
      tracesUrl: lab.telemetry.tracesUrl,
      chaosUrl: lab.chaosUrl,
    },
    dataDir,
    chaos: (fault, workload) => {
      lab.chaos.inject(fault, workload === undefined ? {} : { workload });
    },
    auditedWrites: () => auditedWritesOf(lab),
    isKept: false,
    close: () => lab.close(),
  };
};

const fileKeys = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/** An entry of a kubeconfig whose files can be found from anywhere. */
const rooted = (entry: Readonly<Record<string, unknown>>, folder: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [
      key,
      fileKeys.includes(key) && typeof value === 'string' ? resolve(folder, value) : value,
    ]),
  );

/** The same way in, in the name of the bot's service account: so RBAC and the policies judge it as they would in production. */
export const impersonating = (text: string, folder: string): string => {
  const document = parse(text);
  const within = (list: unknown, key: string, more: object): readonly object[] =>
    (Array.isArray(list) ? list : []).map((entry) => ({
      ...entry,
      [key]: { ...rooted(entry[key] ?? {}, folder), ...more },
    }));
  return stringify({
    ...document,
    clusters: within(document.clusters, 'cluster', {}),
    users: within(document.users, 'user', { as: botUser }),
  });
};

/** Where the bot's kubeconfig lies: in the name of its own account where the cluster knows its rights, else whoever the given one says. */
const botKubeconfig = async (
  api: KubeApi,
  kubeconfig: string,
  { namespace, dataDir }: { readonly namespace: string; readonly dataDir: string },
): Promise<string> => {
  const may = (user: string): Promise<boolean> => api.may(user, 'patch', namespace).catch(() => false);
  if (!(await may(actUser)) && !(await may(botUser))) return kubeconfig;
  const text = impersonating(readFileSync(kubeconfig, 'utf8'), dirname(resolve(kubeconfig)));
  return writeSecret(join(dataDir, 'kubeconfig.yaml'), text);
};

const stageOnCluster = async (
  options: DrillOptions & { readonly kubeconfig: string },
  namespace: string,
  dataDir: string,
): Promise<Stage> => {
  const api = createKubeApi(options.kubeconfig, namespace);
  const kubeconfigPath = await botKubeconfig(api, options.kubeconfig, { namespace, dataDir });
  const slack = await startLocalSlack();
  return {
    api,
    slack,
    address: {
      slack,
      kubeconfigPath,
      namespace,
      prometheusUrl: options.prometheus ?? nowhere,
      lokiUrl: options.loki ?? nowhere,
      chaosUrl: nowhere,
    },
    dataDir,
    chaos: () => {
      throw new Error('chaos is only there in the laboratory: on a cluster of your own use patch, create and delete');
    },
    auditedWrites: () => null,
    isKept: true,
    close: () => slack.close(),
  };
};

/** Sets the stage for one drill. `namespace` is where the application lives. Everything is gone after `close`. */
export const openStage = async (options: DrillOptions, namespace: string): Promise<Stage> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ai4all-sre-drill-'));
  const { kubeconfig } = options;
  const forget = (): void => rmSync(dataDir, { recursive: true, force: true });
  try {
    const stage =
      kubeconfig === undefined
        ? await stageInLaboratory(namespace, dataDir)
        : await stageOnCluster({ ...options, kubeconfig }, namespace, dataDir);
    return {
      ...stage,
      close: async () => {
        await stage.close();
        forget();
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
};
