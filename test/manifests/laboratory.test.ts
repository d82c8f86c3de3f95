import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createPrometheusMeter } from '../../src/adapters/http/prometheus-meter.ts';
import { readExperiments } from '../../src/adapters/kubernetes/chaos-experiments.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { faultKinds } from '../../src/lab/chaos/faults/index.ts';
import { readRules } from '../../src/lab/telemetry/alerting/read-rules.ts';
import { limits } from '../../src/limits.ts';
import {
  generatedSettings,
  kustomizations,
  type Manifest,
  manifestsFolder,
  objectOf,
  objectsIn,
  textOf,
} from './manifests.ts';

const fromRoot = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** What a person writes into the copies of the examples. */
const filledIn: Readonly<Record<string, string>> = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  SLACK_CHANNEL: 'incidents',
  APPROVERS: 'U0BOB0001',
  ALERTMANAGER_SECRET: 'a'.repeat(48),
  GOALERT_SECRET: 'b'.repeat(48),
};

const secretOf = (name: string, namespace: string): Readonly<Record<string, string>> => {
  const files: Readonly<Record<string, string>> = {
    'sre/ai4all-sre-slack': 'slack',
    'sre/webhook-senders': 'webhook-senders',
  };
  const keys = Object.keys(parseEnv(textOf(`secrets/${files[`${namespace}/${name}`]}.env.example`)));
  return Object.fromEntries(keys.map((key) => [key, filledIn[key] ?? '']));
};

/** The environment of the bot's container as the kubelet would make it: sources first, then variables in their order. */
const environmentIn = (folder: string): Readonly<Record<string, string | undefined>> => {
  const [bot] = objectOf('Deployment', 'ai4all-sre', 'bot').spec.template.spec.containers;
  const env: Record<string, string | undefined> = {};
  for (const { configMapRef, secretRef } of bot.envFrom) {
    if (configMapRef) Object.assign(env, generatedSettings(folder, configMapRef.name));
    if (secretRef) Object.assign(env, secretOf(secretRef.name, 'sre'));
  }
  for (const { name, value, valueFrom } of bot.env) {
    const { secretKeyRef } = valueFrom ?? {};
    env[name] = secretKeyRef
      ? secretOf(secretKeyRef.name, 'sre')[secretKeyRef.key]
      : value.replaceAll(/\$\((\w+)\)/g, (_all: string, other: string) => env[other] ?? '');
  }
  return env;
};

const configIn = (folder: string): Config => readConfig(environmentIn(folder));
const container = objectOf('Deployment', 'ai4all-sre', 'bot').spec.template.spec.containers[0];

describe("the bot's Deployment", () => {
  it.each(['bot', 'bot-distributed', 'laboratory'])('%s gives the bot settings that it starts with', (folder) => {
    const config = configIn(folder);
    expect(config.webhook).toMatchObject({
      host: '0.0.0.0',
      senders: [
        { name: 'alertmanager', secret: filledIn.ALERTMANAGER_SECRET },
        { name: 'goalert', secret: filledIn.GOALERT_SECRET },
      ],
    });
    expect(config.kubernetes.kubeconfigPath).toBeUndefined();
  });

  it.each(['bot', 'bot-distributed', 'laboratory'])('%s sets nothing that the bot does not know', (folder) => {
    const known = new Set([...fromRoot('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));
    const parts = ['ALERTMANAGER_SECRET', 'GOALERT_SECRET'];
    expect(Object.keys(environmentIn(folder)).filter((name) => !known.has(name) && !parts.includes(name))).toEqual([]);
  });

  it('writes only where a volume is mounted', () => {
    const { dataDir } = configIn('bot');
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual([dataDir, '/tmp']);
  });

  it('has one port, and probes that the server answers', () => {
    const { port } = configIn('bot').webhook;
    expect(container.ports).toEqual([{ name: 'http', containerPort: port }]);
    const paths = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => container[probe].httpGet);
    expect(paths.map(({ path }) => path)).toEqual(['/healthz', '/healthz', '/readyz']);
    for (const { path } of paths) expect(fromRoot('src/adapters/http/server.ts')).toContain(`'${path}'`);
    expect(objectOf('Service', 'ai4all-sre').spec).toMatchObject({
      publishNotReadyAddresses: true,
      ports: [{ port, targetPort: 'http' }],
    });
  });

  it('leaves the bot the time that it takes to end', () => {
    const { terminationGracePeriodSeconds } = objectOf('Deployment', 'ai4all-sre', 'bot').spec.template.spec;
    expect(terminationGracePeriodSeconds * 1000).toBeGreaterThan(limits.shutdownMsMax + 5_000);
  });

  it('never runs two processes on one file', () => {
    const { replicas, strategy } = objectOf('Deployment', 'ai4all-sre', 'bot').spec;
    expect({ replicas, strategy }).toEqual({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(generatedSettings('bot', 'ai4all-sre-settings').STORE ?? 'sqlite').toBe('sqlite');
    expect(generatedSettings('bot-distributed', 'ai4all-sre-settings').STORE).toBe('kubernetes');
  });

  it('asks as often and as much of the model as Ollama answers', () => {
    const { inference } = configIn('laboratory');
    const service = objectOf('Service', 'ollama');
    const { env } = objectOf('StatefulSet', 'ollama').spec.template.spec.containers[0];
    expect(inference.host).toBe(`http://ollama.ollama:${service.spec.ports[0].port}`);
    expect(env).toContainEqual({ name: 'OLLAMA_NUM_PARALLEL', value: String(inference.parallel) });
    for (const model of [inference.model, inference.embedModel]) {
      expect(textOf('README.md')).toContain(`ollama pull ${model}`);
    }
  });

  it('finds Prometheus and Loki where they are', () => {
    const { prometheus, loki } = configIn('bot');
    const addressOf = (name: string): string =>
      `http://${name}.monitoring:${objectOf('Service', name).spec.ports[0].port}`;
    expect([prometheus.url, loki.url]).toEqual([addressOf('prometheus'), addressOf('loki')]);
    const scraped = Number.parseInt(objectOf('Prometheus', 'prometheus').spec.scrapeInterval, 10);
    expect(prometheus.rateWindowSeconds).toBeGreaterThanOrEqual(4 * scraped);
  });
});

describe('who reaches whom', () => {
  const accountsOf = (name: string, folder: string): readonly string[] =>
    objectOf('MeshTLSAuthentication', name, folder).spec.identityRefs.map(
      (ref: { name: string; namespace: string }) => `${ref.namespace}/${ref.name}`,
    );
  /** The service accounts under which something runs, with the mesh's annotation. */
  const meshed = objectsIn().flatMap(({ kind, metadata, spec }) => {
    if (/^(Prometheus|Alertmanager)$/.test(kind)) {
      return [
        { account: `${metadata.namespace}/${spec.serviceAccountName}`, annotations: spec.podMetadata.annotations },
      ];
    }
    const pod = spec?.template;
    return pod?.spec?.serviceAccountName === undefined
      ? []
      : [
          {
            account: `${metadata.namespace}/${pod.spec.serviceAccountName}`,
            annotations: pod.metadata.annotations ?? {},
          },
        ];
  });

  it('lets only Alertmanager and GoAlert at the webhook, only Prometheus at the metrics, only the bot at the model', () => {
    const grants = objectsIn('linkerd')
      .filter(({ kind }) => kind === 'AuthorizationPolicy')
      .map(({ spec }) => [
        spec.targetRef.name,
        spec.requiredAuthenticationRefs.map(({ name }: { name: string }) => name),
      ]);
    expect(Object.fromEntries(grants)).toEqual({
      'ai4all-sre-alerts': ['alert-senders'],
      'ai4all-sre-metrics': ['prometheus'],
      'ai4all-sre-probes': ['anybody'],
      ollama: ['bot'],
    });
    expect(accountsOf('alert-senders', 'linkerd')).toEqual(['monitoring/alertmanager', 'goalert/goalert']);
    expect(accountsOf('prometheus', 'linkerd')).toEqual(['monitoring/prometheus']);
    expect(accountsOf('bot', 'linkerd')).toEqual(['sre/ai4all-sre']);
  });

  it('gives each of them an identity: what runs under that account is in the mesh', () => {
    const named = ['alert-senders', 'prometheus', 'bot'].flatMap((name) => accountsOf(name, 'linkerd'));
    for (const account of [...named, 'ollama/ollama']) {
      expect(meshed.find((pod) => pod.account === account)?.annotations, account).toMatchObject({
        'linkerd.io/inject': 'enabled',
      });
    }
  });

  it('leaves no path of the bot without a rule, and opens none that the bot does not have', () => {
    const paths = objectsIn('linkerd')
      .filter(({ kind }) => kind === 'HTTPRoute')
      .flatMap(({ spec }) => spec.rules.flatMap((rule: Manifest) => rule.matches))
      .map(({ path, method }) => `${method} ${path.value}`);
    expect(paths.toSorted()).toEqual(['GET /healthz', 'GET /metrics', 'GET /readyz', 'POST /alerts']);
    const servers = objectsIn('linkerd').filter(({ kind }) => kind === 'Server');
    expect(servers.map(({ spec }) => spec.accessPolicy)).toEqual(['deny', 'deny']);
  });

  it('admits on the network nobody whom the mesh would turn away', () => {
    const [senders, scraper] = objectOf('NetworkPolicy', 'ai4all-sre', 'bot').spec.ingress;
    const peersOf = ({ from }: Manifest): readonly string[] =>
      from.map(
        (peer: Manifest) =>
          `${peer.namespaceSelector.matchLabels['kubernetes.io/metadata.name']}/${peer.podSelector.matchLabels['app.kubernetes.io/name']}`,
      );
    expect(peersOf(senders)).toEqual(['goalert/goalert', 'monitoring/alertmanager']);
    expect(peersOf(scraper)).toEqual(['monitoring/prometheus']);
  });
});

describe('Argo CD', () => {
  const { destinations, clusterResourceWhitelist, sourceRepos } = objectOf('AppProject', 'ai4all-sre').spec;
  const folders = kustomizations().find(({ folder }) => folder === 'laboratory')?.resources ?? [];
  const objects = [...folders.map((path) => path.replace('../', '')), 'online-boutique'].flatMap((folder) =>
    objectsIn(folder),
  );

  it('may put everything of the laboratory where it belongs, and nothing elsewhere', () => {
    const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
    expect(destinations.map(({ namespace }: { namespace: string }) => namespace).toSorted()).toEqual(
      [...namespaces].toSorted(),
    );
    const clusterWide = new Set(
      objects.filter(({ metadata }) => metadata.namespace === undefined).map(({ kind }) => kind),
    );
    expect(clusterResourceWhitelist.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual(
      [...clusterWide].toSorted(),
    );
  });

  it('takes the laboratory from GitHub, and leaves alone what the bot wrote', () => {
    const { source, ignoreDifferences, syncPolicy } = objectOf('Application', 'ai4all-sre').spec;
    expect(source).toMatchObject({ path: 'manifests/laboratory', repoURL: sourceRepos[0] });
    expect(source.repoURL).toMatch(/^https:\/\/github\.com\//);
    expect(ignoreDifferences).toContainEqual({ group: '*', kind: '*', managedFieldsManagers: ['ai4all-sre'] });
    expect(syncPolicy.syncOptions).toContain('RespectIgnoreDifferences=true');
    expect(
      fromRoot('src/adapters/kubernetes/cluster-writer.ts') + fromRoot('src/adapters/kubernetes/stamped-patch.ts'),
    ).toContain("'ai4all-sre'");
  });
});

describe('the way of an alert', () => {
  const routes = objectOf('AlertmanagerConfig', 'routes').spec;
  const address = `http://ai4all-sre.sre.svc.cluster.local:${configIn('bot').webhook.port}`;

  it('leads from Alertmanager to an address that the bot has, with the secret from a Secret', () => {
    const [hook] = routes.receivers.find(({ name }: Manifest) => name === 'ai4all-sre').webhookConfigs;
    expect(hook.url).toBe(`${address}/alerts/alertmanager`);
    expect(hook.maxAlerts).toBe(limits.alertsPerDeliveryMax);
    expect(hook.httpConfig.authorization.credentials).toEqual({ name: 'webhook-senders', key: 'ALERTMANAGER_SECRET' });
  });

  it('brings the bot the alerts of the namespaces that it watches, and none about itself', () => {
    const own = routes.route.routes.filter(({ receiver }: Manifest) => receiver === 'ai4all-sre');
    expect(own.flatMap(({ matchers }: Manifest) => matchers)).toEqual(
      configIn('bot').kubernetes.namespaces.map((value) => ({ name: 'namespace', value })),
    );
    expect(routes.route.receiver).toBe('goalert');
  });

  it('leads from GoAlert to the bot, at an address that GoAlert may call', () => {
    const job = objectOf('Job', 'goalert-setup').spec.template.spec.containers[0];
    expect(job.env).toContainEqual({ name: 'BOT_URL', value: address });
    const { Webhook, General } = JSON.parse(textOf('goalert/setup/config.json')) as Record<
      string,
      Record<string, unknown>
    >;
    expect(Webhook).toEqual({ Enable: true, AllowedURLs: [`${address}/alerts/goalert/`] });
    expect(General).toEqual({ DisableMessageBundles: true });
  });
});

describe('the experiments', () => {
  const experiments = readExperiments(join(manifestsFolder, 'chaos-mesh'));
  const names = experiments.map((experiment) => (experiment.metadata as { name: string }).name);

  it('stand each in a file of its name, with a description, and aim at one workload of the shop', () => {
    const files = readdirSync(join(manifestsFolder, 'chaos-mesh')).map((name) => name.replace('.yaml', ''));
    expect(names.toSorted()).toEqual(files.toSorted());
    for (const { metadata, spec } of objectsIn('chaos-mesh')) {
      expect(metadata.annotations['sre.ai4all.dev/description'], metadata.name).toMatch(/^[A-Z].{20,}\.$/);
      expect(metadata.namespace).toBe('online-boutique');
      const { app } = spec.selector.labelSelectors;
      expect(objectOf('Deployment', app, 'online-boutique').metadata.name).toBe(app);
      expect(metadata.annotations['sre.ai4all.dev/description']).toContain(app);
    }
  });

  it('or a command in words exist for every fault of the embedded laboratory', () => {
    const table = new Map(
      [...textOf('README.md').matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, name = '', how = '']) => [name, how]),
    );
    expect([...table.keys()].toSorted()).toEqual(faultKinds.map(({ name }) => name).toSorted());
    for (const [name, how] of table) {
      const experiment = /^experiment `(.+)`$/.exec(how)?.[1];
      if (experiment === undefined) expect(how, name).toMatch(/`(kubectl|amtool) /);
      else expect(names, name).toContain(experiment);
    }
  });

  it('are within the right that the bot is given for them', () => {
    const [rule] = objectOf('Role', 'ai4all-sre-chaos').rules;
    const kinds = new Set(experiments.map(({ kind }) => String(kind).toLowerCase()));
    expect([...kinds].toSorted()).toEqual(rule.resources);
    expect(rule.verbs).toEqual(['create']);
  });
});

describe('what is scraped', () => {
  const asked = (family: RegExp): readonly string[] => [
    ...new Set(
      [
        textOf('prometheus/boutique-rules.yaml'),
        textOf('prometheus/bot-rules.yaml'),
        fromRoot('src/adapters/prometheus/promql.ts'),
      ].flatMap((text) => text.match(family) ?? []),
    ),
  ];
  const kept = [...textOf('prometheus/scrapes.yaml').matchAll(/regex: (\S+)/g)].map(
    ([, regex = '']) => new RegExp(`^${regex}$`),
  );

  it.each([
    ['cAdvisor', /\bcontainer_[a-z_]+_(?:bytes|total)\b/g],
    ['the kubelet', /\bkubelet_volume_[a-z_]+\b/g],
    ['Linkerd', /\bresponse_(?:total|latency_ms_bucket)\b/g],
  ])('leaves out nothing of %s that the rules and the bot ask for', (_source, family) => {
    const names = asked(family);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !kept.some((regex) => regex.test(name)))).toEqual([]);
  });
});

describe('the metrics', () => {
  const words = fromRoot('docs/operations.md');
  const declared = async (): Promise<readonly string[]> =>
    [...(await createPrometheusMeter().text()).matchAll(/^# TYPE (sre_\w+) /gm)].map(([, name = '']) => name);

  it('are explained in the operations manual, all of them and no others', async () => {
    const told = [...words.matchAll(/^\| `(sre_\w+)` \|/gm)].map(([, name = '']) => name);
    expect(told.toSorted()).toEqual([...(await declared())].toSorted());
  });

  it('are the ones that the alerts about the bot are made of', async () => {
    const names = await declared();
    const rules = readRules('bot-rules.yaml', textOf('prometheus/bot-rules.yaml')).flatMap((group) => group.rules);
    const asked = rules.flatMap(({ expr }) => expr.match(/sre_\w+/g) ?? []);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !names.includes(name.replace(/_(bucket|sum|count)$/, '')))).toEqual([]);
  });

  it('and every alert and mode are named in the manual', () => {
    const rules = readRules('bot-rules.yaml', textOf('prometheus/bot-rules.yaml')).flatMap((group) => group.rules);
    expect(rules.map(({ alert }) => alert).filter((name) => !words.includes(`\`${name}\``))).toEqual([]);
    for (const mode of ['watchtower', 'supervised', 'autonomous'])
      expect(words).toMatch(new RegExp(`^\\| \`${mode}\` \\|`, 'm'));
  });

  it('and every line of the log that the manual quotes is one that the bot writes', () => {
    const code = ['src', 'agents', 'commands']
      .flatMap((room) =>
        readdirSync(fileURLToPath(new URL(`../../${room}`, import.meta.url)), { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.ts') && !name.startsWith('lab/'))
          .map((name) => fromRoot(`${room}/${name}`)),
      )
      .join('\n');
    const quoted = [...words.replaceAll('\n', ' ').matchAll(/(?:log (?:line|says)|says) \*([^*]+)\*/g)].map(
      ([, line = '']) => line,
    );
    expect(quoted.length).toBeGreaterThan(3);
    expect(quoted.filter((line) => !code.includes(line))).toEqual([]);
  });
});
