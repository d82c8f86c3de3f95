import { z } from 'zod';
import type { Mode } from './domain/mode.ts';
import { limits } from './limits.ts';

/** A sender that may deliver alerts: its name, and the secret by which it proves itself. */
export interface WebhookSender {
  readonly name: string;
  readonly secret: string;
}

/** Everything that the environment decides; frozen, validated, with units in the names. */
export interface Config {
  readonly slack: {
    readonly mode: 'socket' | 'http';
    readonly botToken: string;
    readonly appToken?: string;
    readonly signingSecret?: string;
    readonly apiUrl: string;
    readonly channel: string;
    readonly approverIds: readonly string[];
    readonly approverGroup?: string;
    readonly httpHost: string;
    readonly httpPort: number;
  };
  readonly kubernetes: {
    readonly kubeconfigPath?: string;
    readonly context?: string;
    readonly namespaces: readonly string[];
    /** The service account in whose name the bot writes. */
    readonly actAccount: { readonly namespace: string; readonly name: string };
  };
  readonly store:
    | { readonly kind: 'sqlite' }
    | { readonly kind: 'kubernetes'; readonly namespace: string; readonly leaseSeconds: number };
  readonly prometheus: { readonly url: string; readonly rateWindowSeconds: number };
  readonly loki: { readonly url: string };
  /** Absent where no tracing backend is configured. */
  readonly traces?: {
    readonly url: string;
    readonly kind: 'auto' | 'jaeger' | 'tempo';
    readonly token?: string;
  };
  readonly inference: {
    readonly kind: 'ollama' | 'none';
    readonly host: string;
    readonly model: string;
    readonly embedModel?: string;
    readonly parallel: number;
    readonly probeSeconds: number;
    readonly wellSeconds: number;
  };
  readonly webhook: { readonly host: string; readonly port: number; readonly senders: readonly WebhookSender[] };
  readonly chaos: { readonly kind: 'off' | 'chaos-mesh' } | { readonly kind: 'endpoint'; readonly url: string };
  readonly policy: {
    readonly mode: Mode;
    readonly autoApproveSeconds: number;
    readonly approvalExpirySeconds: number;
    readonly verifySeconds: number;
    readonly verifyStableSeconds: number;
    readonly writesPerTenMinutesMax: number;
  };
  readonly dataDir: string;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** The environment is not usable. The message lists every problem and how to mend each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const list = (text: string): readonly string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const seconds = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const url = z.url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' });

const senders = z.string().transform((text, context): readonly WebhookSender[] =>
  list(text).map((item) => {
    const [name = '', secret = ''] = item.split(/:(.*)/s);
    if (!/^[a-z0-9-]{1,40}$/.test(name) || secret.length < 16) {
      context.addIssue(
        'must be a list of name:secret, e.g. alertmanager:<at least 16 characters>, separated by commas',
      );
    }
    return { name, secret };
  }),
);

const chaos = z.string().transform((text, context): Config['chaos'] => {
  if (text === 'off' || text === 'chaos-mesh') return { kind: text };
  if (/^https?:\/\//.test(text)) return { kind: 'endpoint', url: text };
  context.addIssue('must be off, chaos-mesh, or the URL of a chaos endpoint');
  return { kind: 'off' };
});

const namespaceName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const accountName = /^[a-z0-9-]{1,63}\/[a-z0-9.-]{1,253}$/;
const accountRule = 'must be a service account as namespace/name';

const environment = z.object({
  SLACK_MODE: z.enum(['socket', 'http']).default('socket'),
  SLACK_BOT_TOKEN: z.string({ error: 'is missing: the Bot User OAuth Token (xoxb-...) of your Slack app' }).min(1),
  SLACK_APP_TOKEN: z.string().min(1).optional(),
  SLACK_SIGNING_SECRET: z.string().min(1).optional(),
  SLACK_API_URL: url.default('https://slack.com/api/'),
  SLACK_CHANNEL: z.string({ error: 'is missing: the channel for incidents, by id (C...) or name (incidents)' }).min(1),
  SLACK_HTTP_HOST: z.string().default('127.0.0.1'),
  SLACK_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  APPROVERS: z.string().default(''),
  APPROVER_GROUP: z.string().min(1).optional(),
  KUBECONFIG: z.string().min(1).optional(),
  KUBE_CONTEXT: z.string().min(1).optional(),
  KUBE_ACT_ACCOUNT: z.string().regex(accountName, accountRule).default('sre/ai4all-sre-act'),
  NAMESPACES: z
    .string({ error: 'is missing: the namespaces to watch, separated by commas, e.g. online-boutique' })
    .min(1),
  STORE: z.enum(['sqlite', 'kubernetes']).default('sqlite'),
  STORE_NAMESPACE: z.string().regex(namespaceName, 'must be the name of a namespace').default('sre'),
  LEASE_SECONDS: seconds(15, 3, 300),
  PROMETHEUS_URL: z
    .string({ error: 'is missing: where Prometheus answers, e.g. http://prometheus.monitoring:9090' })
    .pipe(url),
  PROMETHEUS_RATE_WINDOW_SECONDS: seconds(60, 4, 3600),
  LOKI_URL: z.string({ error: 'is missing: where Loki answers, e.g. http://loki.monitoring:3100' }).pipe(url),
  TRACES_URL: url.optional(),
  TRACES_KIND: z.enum(['auto', 'jaeger', 'tempo']).default('auto'),
  TRACES_TOKEN: z
    .string()
    .regex(/^[!-~]+$/, 'must be a bearer token, without blanks')
    .optional(),
  INFERENCE: z.enum(['ollama', 'none']).default('none'),
  OLLAMA_HOST: z.string().default('http://127.0.0.1:11434'),
  OLLAMA_MODEL: z.string().min(1).default('qwen3:8b'),
  OLLAMA_EMBED_MODEL: z.string().min(1).optional(),
  OLLAMA_NUM_PARALLEL: z.coerce.number().int().min(1).max(16).default(1),
  INFERENCE_PROBE_SECONDS: seconds(limits.inferenceProbeEveryMs / 1000, 1, 3600),
  INFERENCE_WELL_SECONDS: seconds(limits.inferenceWellMsMin / 1000, 1, 3600),
  WEBHOOK_HOST: z.string().default('127.0.0.1'),
  WEBHOOK_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  WEBHOOK_SENDERS: z
    .string({
      error:
        'is missing: who may send alerts, as name:secret separated by commas, e.g. alertmanager:<at least 16 characters>',
    })
    .pipe(senders),
  CHAOS: z.string().default('off').pipe(chaos),
  MODE: z.enum(['autonomous', 'supervised', 'watchtower']).default('supervised'),
  AUTO_APPROVE_SECONDS: seconds(300, 5, 86_400),
  APPROVAL_EXPIRY_SECONDS: seconds(3600, 10, 604_800),
  VERIFY_SECONDS: seconds(300, 5, 3600),
  VERIFY_STABLE_SECONDS: seconds(30, 1, 600),
  WRITES_PER_TEN_MINUTES_MAX: z.coerce.number().int().min(0).max(1000).default(limits.writesPerTenMinutesMax),
  DATA_DIR: z.string().min(1).default('data'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

type Environment = z.infer<typeof environment>;

/** Rules that span several settings; each returns its problem or null. */
const crossRules: readonly ((env: Environment) => string | null)[] = [
  (env) =>
    env.SLACK_MODE === 'socket' && env.SLACK_APP_TOKEN === undefined
      ? 'SLACK_APP_TOKEN is missing: Socket Mode needs the app-level token (xapp-...) with the scope connections:write; or set SLACK_MODE=http'
      : null,
  (env) =>
    env.SLACK_MODE === 'http' && env.SLACK_SIGNING_SECRET === undefined
      ? "SLACK_SIGNING_SECRET is missing: HTTP mode checks that requests come from Slack; take it from the app's Basic Information"
      : null,
  (env) =>
    env.APPROVERS.trim() === '' && env.APPROVER_GROUP === undefined
      ? 'APPROVERS is missing: Slack user ids (U...) separated by commas, or set APPROVER_GROUP to a user group id (S...); nobody could approve a remedy otherwise'
      : null,
  (env) =>
    env.AUTO_APPROVE_SECONDS >= env.APPROVAL_EXPIRY_SECONDS
      ? 'AUTO_APPROVE_SECONDS must be less than APPROVAL_EXPIRY_SECONDS: the proposal would expire before its window closes'
      : null,
  (env) =>
    env.VERIFY_STABLE_SECONDS >= env.VERIFY_SECONDS
      ? 'VERIFY_STABLE_SECONDS must be less than VERIFY_SECONDS: no remedy could ever be found good'
      : null,
];

const problemsOf = (error: z.ZodError): readonly string[] =>
  error.issues.map((issue) => {
    const message = issue.message.replace(/^Invalid (option|input): /, 'is not valid: ');
    return `${issue.path.join('.')} ${message}`;
  });

const slackOf = (env: Environment): Config['slack'] => ({
  mode: env.SLACK_MODE,
  botToken: env.SLACK_BOT_TOKEN,
  ...(env.SLACK_APP_TOKEN === undefined ? {} : { appToken: env.SLACK_APP_TOKEN }),
  ...(env.SLACK_SIGNING_SECRET === undefined ? {} : { signingSecret: env.SLACK_SIGNING_SECRET }),
  apiUrl: env.SLACK_API_URL,
  channel: env.SLACK_CHANNEL.replace(/^#/, ''),
  approverIds: list(env.APPROVERS),
  ...(env.APPROVER_GROUP === undefined ? {} : { approverGroup: env.APPROVER_GROUP }),
  httpHost: env.SLACK_HTTP_HOST,
  httpPort: env.SLACK_HTTP_PORT,
});

const storeOf = ({ STORE: kind, STORE_NAMESPACE, LEASE_SECONDS }: Environment): Config['store'] =>
  kind === 'sqlite' ? { kind } : { kind, namespace: STORE_NAMESPACE, leaseSeconds: LEASE_SECONDS };

const tracesOf = ({ TRACES_URL, TRACES_KIND: kind, TRACES_TOKEN: token }: Environment): Pick<Config, 'traces'> =>
  TRACES_URL === undefined ? {} : { traces: { url: TRACES_URL, kind, ...(token === undefined ? {} : { token }) } };

const inferenceOf = (env: Environment): Config['inference'] => ({
  kind: env.INFERENCE,
  host: /^https?:\/\//.test(env.OLLAMA_HOST) ? env.OLLAMA_HOST : `http://${env.OLLAMA_HOST}`,
  model: env.OLLAMA_MODEL,
  ...(env.OLLAMA_EMBED_MODEL === undefined ? {} : { embedModel: env.OLLAMA_EMBED_MODEL }),
  parallel: env.OLLAMA_NUM_PARALLEL,
  probeSeconds: env.INFERENCE_PROBE_SECONDS,
  wellSeconds: env.INFERENCE_WELL_SECONDS,
});

const actAccountOf = (text: string): Config['kubernetes']['actAccount'] => {
  const [namespace = '', name = ''] = text.split('/');
  return { namespace, name };
};

const kubernetesOf = (env: Environment): Config['kubernetes'] => ({
  ...(env.KUBECONFIG === undefined ? {} : { kubeconfigPath: env.KUBECONFIG }),
  ...(env.KUBE_CONTEXT === undefined ? {} : { context: env.KUBE_CONTEXT }),
  namespaces: list(env.NAMESPACES),
  actAccount: actAccountOf(env.KUBE_ACT_ACCOUNT),
});

const configOf = (env: Environment): Config =>
  Object.freeze({
    slack: slackOf(env),
    kubernetes: kubernetesOf(env),
    store: storeOf(env),
    prometheus: { url: env.PROMETHEUS_URL, rateWindowSeconds: env.PROMETHEUS_RATE_WINDOW_SECONDS },
    loki: { url: env.LOKI_URL },
    ...tracesOf(env),
    inference: inferenceOf(env),
    webhook: { host: env.WEBHOOK_HOST, port: env.WEBHOOK_PORT, senders: env.WEBHOOK_SENDERS },
    chaos: env.CHAOS,
    policy: {
      mode: env.MODE,
      autoApproveSeconds: env.AUTO_APPROVE_SECONDS,
      approvalExpirySeconds: env.APPROVAL_EXPIRY_SECONDS,
      verifySeconds: env.VERIFY_SECONDS,
      verifyStableSeconds: env.VERIFY_STABLE_SECONDS,
      writesPerTenMinutesMax: env.WRITES_PER_TEN_MINUTES_MAX,
    },
    dataDir: env.DATA_DIR,
    logLevel: env.LOG_LEVEL,
  });

/** Empty settings count as absent, as a line `NAME=` in an env file means. */
const withoutEmpty = (env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));

/** Each setting that is right by itself, so that the rules across settings speak even when others are wrong. */
const soundSettings = (present: Readonly<Record<string, string | undefined>>): Environment =>
  Object.fromEntries(
    Object.entries(environment.shape).flatMap(([name, schema]) => {
      const result = schema.safeParse(present[name]);
      return result.success ? [[name, result.data]] : [];
    }),
  ) as Environment;

/** The data folder alone, for the tools that need nothing else of the bot's settings. */
export const readDataDir = (env: Readonly<Record<string, string | undefined>>): string =>
  environment.shape.DATA_DIR.parse(withoutEmpty(env).DATA_DIR);

/** The account in whose name the bot writes, for the tools that need nothing else of the bot's settings. */
export const readActAccount = (env: Readonly<Record<string, string | undefined>>): Config['kubernetes']['actAccount'] =>
  actAccountOf(environment.shape.KUBE_ACT_ACCOUNT.parse(withoutEmpty(env).KUBE_ACT_ACCOUNT));

/** The environment as a frozen Config; throws one ConfigError that lists every problem and how to mend it. */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const present = withoutEmpty(env);
  const parsed = environment.safeParse(present);
  const crossing = crossRules.map((rule) => rule(soundSettings(present))).filter((problem) => problem !== null);
  const problems = [...(parsed.success ? [] : problemsOf(parsed.error)), ...crossing];
  if (problems.length === 0 && parsed.success) return configOf(parsed.data);
  const count = `${problems.length} setting${problems.length === 1 ? ' needs' : 's need'} attention`;
  const lines = problems.map((problem) => `  - ${problem}`).join('\n');
  throw new ConfigError(`The bot cannot start: ${count}.\n${lines}\nEvery setting is explained in .env.example.`);
};
