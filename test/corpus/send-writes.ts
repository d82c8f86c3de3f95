import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { fileURLToPath } from 'node:url';
import { KubeConfig } from '@kubernetes/client-node';
import { parse, parseAllDocuments } from 'yaml';

/** One request of the corpus, as its file writes it. */
interface Sent {
  readonly on?: string;
  readonly path?: string;
  readonly method?: string;
  readonly body?: object;
  readonly patch?: object;
  readonly strategic?: object;
  readonly json?: readonly object[];
  readonly apply?: object;
}

/** One write that must be refused, or that must pass. */
export interface CorpusWrite extends Sent {
  readonly name: string;
  readonly as?: 'act' | 'read';
  readonly stamp?: false | 'incident' | 'action' | 'replayed';
  readonly given?: readonly Sent[];
  readonly after?: readonly Sent[];
  readonly by: 'rbac' | 'admission' | 'precondition';
  readonly alone?: boolean;
}

/** The corpus as it is on file. */
export interface Corpus {
  readonly targets: Readonly<Record<string, string>>;
  readonly lawful: readonly CorpusWrite[];
  readonly forbidden: readonly CorpusWrite[];
}

/** Kubeconfigs of everybody who takes part. `admin` is a member of system:masters. */
export interface CorpusIdentities {
  readonly admin: string;
  readonly act: string;
  readonly read: string;
}

/** What the API server said. */
export interface Said {
  readonly code: number;
  readonly message: string;
}

const here = (name: string): string => readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');

/** Reads the corpus. */
export const readCorpus = (): Corpus => parse(here('forbidden-writes.yaml'));

const fixtures = (): readonly { kind: string; metadata: { name: string; namespace: string }; apiVersion: string }[] =>
  parseAllDocuments(here('fixtures.yaml')).map((document) => document.toJS());

const mediaTypes = {
  patch: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

const forms = ['patch', 'strategic', 'json', 'apply'] as const;

const stampKeys = { incident: 'sre.ai4all.dev/incident-uid', action: 'sre.ai4all.dev/action-id' } as const;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body with the bot's two annotations, or with as many of them as the case leaves it. */
const stamped = (body: unknown, annotations: Readonly<Record<string, string>>): unknown => {
  if (Array.isArray(body)) {
    return [...body, { op: 'add', path: '/metadata/annotations', value: annotations }];
  }
  if (!isMap(body)) return body;
  const metadata = isMap(body.metadata) ? body.metadata : {};
  const own = isMap(metadata.annotations) ? metadata.annotations : {};
  return { ...body, metadata: { ...metadata, annotations: { ...own, ...annotations } } };
};

/** Sends requests as one user: plain HTTPS, nothing of the bot in between. */
const createSender = (kubeconfig: string) => {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const server = config.getCurrentCluster()?.server ?? '';
  return async (sent: {
    readonly method: string;
    readonly path: string;
    readonly mediaType: string;
    readonly body?: unknown;
  }): Promise<Said> => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return new Promise((resolve, reject) => {
      const headers = { ...options.headers, 'Content-Type': sent.mediaType, Accept: 'application/json' };
      const call = request(`${server}${sent.path}`, { ...options, method: sent.method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          const message = /"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? '';
          resolve({ code: response.statusCode ?? 0, message });
        });
      });
      call.setTimeout(30_000, () => call.destroy(new Error('no answer in time')));
      call.on('error', reject);
      call.end(sent.body === undefined ? undefined : JSON.stringify(sent.body));
    });
  };
};

/** The bot's rights are open wide for a while: what is refused now, admission alone refuses. */
const wide = (account: string): readonly Sent[] => {
  const group = 'rbac.authorization.k8s.io';
  const metadata = { name: 'corpus-everything' };
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  const [, , namespace = '', name = ''] = account.split(':');
  const subjects = [{ kind: 'ServiceAccount', namespace, name }];
  const roleRef = { apiGroup: group, kind: 'ClusterRole', name: metadata.name };
  return [
    { method: 'POST', path: `/apis/${group}/v1/clusterroles`, body: { metadata, rules } },
    { method: 'POST', path: `/apis/${group}/v1/clusterrolebindings`, body: { metadata, roleRef, subjects } },
  ];
};

const narrow: readonly Sent[] = ['clusterrolebindings', 'clusterroles'].map((plural) => ({
  method: 'DELETE',
  path: `/apis/rbac.authorization.k8s.io/v1/${plural}/corpus-everything`,
}));

const plurals: Readonly<Record<string, string>> = {
  NetworkPolicy: 'networkpolicies',
  PodDisruptionBudget: 'poddisruptionbudgets',
};
const pluralOf = (kind: string): string => plurals[kind] ?? `${kind.toLowerCase()}s`;

/** What is done to a request of the corpus on its way. */
interface Change {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly dryRun?: boolean;
}

const queryOf = (form: (typeof forms)[number] | undefined, { dryRun }: Change): URLSearchParams =>
  new URLSearchParams({
    ...(form === undefined ? {} : { fieldManager: 'ai4all-sre' }),
    ...(form === 'apply' ? { force: 'true' } : {}),
    ...(dryRun === true ? { dryRun: 'All' } : {}),
  });

/** Makes the corpus ready to be sent to any cluster that serves the bot's manifests. `account` is the user name of `act`. */
export const createCorpusRun = (corpus: Corpus, identities: CorpusIdentities, account: string) => {
  const senders = {
    admin: createSender(identities.admin),
    act: createSender(identities.act),
    read: createSender(identities.read),
  };

  const send = (who: keyof typeof senders, sent: Sent, change: Change = {}) => {
    const form = forms.find((name) => sent[name] !== undefined);
    const path = sent.path ?? corpus.targets[sent.on ?? ''] ?? '';
    const plain = form === undefined ? sent.body : sent[form];
    return senders[who]({
      method: sent.method ?? 'PATCH',
      path: `${path}?${queryOf(form, change)}`,
      mediaType: form === undefined ? 'application/json' : mediaTypes[form],
      body: change.annotations === undefined ? plain : stamped(plain, change.annotations),
    });
  };

  const asAdmin = async (steps: readonly Sent[]): Promise<void> => {
    for (const step of steps) {
      const { code, message } = await send('admin', step);
      if (code >= 300 && code !== 409 && code !== 404) throw new Error(`${step.path ?? step.on}: ${code} ${message}`);
    }
  };

  const annotationsFor = ({ stamp }: CorpusWrite): Readonly<Record<string, string>> | undefined => {
    const both = { [stampKeys.incident]: randomUUID(), [stampKeys.action]: randomUUID() };
    if (stamp === false) return undefined;
    if (stamp === 'incident' || stamp === 'action') return { [stampKeys[stamp]]: both[stampKeys[stamp]] ?? '' };
    return both;
  };

  /** What is deleted has nothing to be annotated. */
  const change = (write: CorpusWrite, dryRun: boolean) => {
    const annotations = write.method === 'DELETE' ? undefined : annotationsFor(write);
    return { dryRun, ...(annotations === undefined ? {} : { annotations }) };
  };

  const play = async (write: CorpusWrite, dryRun: boolean): Promise<Said> => {
    const { as: who = 'act', given = [], after = [] } = write;
    const how = change(write, dryRun);
    await asAdmin(given);
    try {
      const first = write.stamp === 'replayed' ? await send(who, write, how) : { code: 200, message: '' };
      if (first.code >= 300) throw new Error(`the first of the two writes was refused: ${first.message}`);
      return await send(who, write, how);
    } finally {
      await asAdmin(after);
    }
  };

  return {
    /** Puts down what the corpus writes at. */
    prepare: async (): Promise<void> => {
      for (const object of fixtures()) {
        const { namespace } = object.metadata;
        const root = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
        await asAdmin([
          { method: 'POST', path: `${root}/namespaces/${namespace}/${pluralOf(object.kind)}`, body: object },
        ]);
      }
    },
    /** Sends a write as it is; a lawful one only as a dry run. */
    play: (write: CorpusWrite, dryRun = false) => play(write, dryRun),
    openWide: () => asAdmin(wide(account)),
    closeAgain: () => asAdmin(narrow),
  };
};

/** Whose refusal it is: words of RBAC, of an admission webhook, or of the API server about a precondition. */
export const refusedBy = ({ code, message }: Said): CorpusWrite['by'] | null => {
  if (/denied the request/.test(message)) return /ai4all-sre-/.test(message) ? 'admission' : null;
  if (code === 403) return /is forbidden: User /.test(message) ? 'rbac' : null;
  return code === 409 || code === 422 ? 'precondition' : null;
};
