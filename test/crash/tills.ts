import type { KubeObject } from '../../src/lab/cluster/kube-object.ts';
import { type Laboratory, shopNamespace } from '../../src/lab/laboratory.ts';
import { waitUntil } from '../stories/wait-until.ts';

/** Where tills stand: beside the shop, so that nobody has to ask for all the shop's signals when one of them is broken. */
export const tillNamespace = 'tills';

/** The name of a till. */
export const tillName = (number: number): string => `till-${String(number).padStart(3, '0')}`;

/** The shop's quietest workload: nothing is called by it. */
const pattern = 'emailservice';

const withoutProbes = ({
  readinessProbe: _ready,
  livenessProbe: _live,
  startupProbe: _start,
  ...container
}: Readonly<Record<string, unknown>>) => container;

const patternOf = ({ cluster }: Laboratory, plural: string): KubeObject => {
  const object = cluster.store.get(plural, shopNamespace, pattern);
  if (object === undefined) throw new Error(`the shop has no ${pattern}`);
  return object;
};

const botNamespaceRules = ['roles', 'rolebindings'] as const;

/** A namespace in which the bot may do what it may do in the shop. */
const openNamespace = ({ cluster }: Laboratory): void => {
  const { store } = cluster;
  const labels = {
    ...store.get('namespaces', '', shopNamespace)?.metadata.labels,
    'kubernetes.io/metadata.name': tillNamespace,
  };
  const metadata = { name: tillNamespace, labels };
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata }, 'kubectl-create');
  for (const plural of botNamespaceRules) {
    for (const rule of store.list(plural, shopNamespace)) {
      const { name } = rule.metadata;
      store.create(plural, { ...rule, metadata: { name, namespace: tillNamespace } }, 'kubectl-create');
    }
  }
};

const untilReady = ({ cluster }: Laboratory, count: number): Promise<void> =>
  waitUntil({
    what: 'every till is ready',
    look: async () =>
      cluster.store.list('deployments', tillNamespace).filter(({ status }) => status?.readyReplicas === 1),
    holds: (ready) => ready.length === count,
    describe: (ready) => `${ready.length} of ${count} are`,
  }).then(() => undefined);

const deploymentSpec = (lab: Laboratory, name: string) => {
  const spec = structuredClone(patternOf(lab, 'deployments').spec);
  const { template } = spec;
  const labels = { ...template.metadata.labels, app: name };
  // The shop's world answers probes for the shop alone.
  const containers = template.spec.containers.map(withoutProbes);
  const { serviceAccountName: _account, ...podSpec } = template.spec;
  return {
    ...spec,
    selector: { matchLabels: { app: name } },
    template: { metadata: { ...template.metadata, labels }, spec: { ...podSpec, containers } },
  };
};

const serviceSpec = (lab: Laboratory, name: string, number: number) => {
  const clusterIP = `10.96.250.${number + 1}`;
  return { ...patternOf(lab, 'services').spec, clusterIP, clusterIPs: [clusterIP], selector: { app: name } };
};

/** Opens tills: workloads that nobody calls and that call nobody, so that each of their troubles is one of its own. */
export const openTills = async (lab: Laboratory, count: number): Promise<void> => {
  openNamespace(lab);
  for (let number = 0; number < count; number += 1) {
    const name = tillName(number);
    const metadata = { name, namespace: tillNamespace, labels: { app: name } };
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: deploymentSpec(lab, name) };
    lab.cluster.store.create('deployments', deployment, 'kubectl-create');
    const service = { apiVersion: 'v1', kind: 'Service', metadata, spec: serviceSpec(lab, name, number) };
    lab.cluster.store.create('services', service, 'kubectl-create');
  }
  await untilReady(lab, count);
};

interface Target {
  readonly plural: string;
  readonly name: string;
  readonly namespace: string;
}

const editSpec = ({ cluster }: Laboratory, target: Target, change: (spec: object) => object): void => {
  const { plural, name, namespace } = target;
  const object = cluster.store.get(plural, namespace, name);
  if (object === undefined) throw new Error(`there is no ${name} among the ${plural}`);
  cluster.store.update(plural, { ...object, spec: change(object.spec) }, 'kubectl-edit');
};

/** Lets a Service of the shop, or of another namespace, select nothing, as a slip of a person's hand does. */
export const breakSelector = (lab: Laboratory, name: string, namespace: string = shopNamespace): void =>
  editSpec(lab, { plural: 'services', name, namespace }, (spec) => ({ ...spec, selector: { app: `${name}-v2` } }));

/** Lets a till's Service select it again. */
export const mendSelector = (lab: Laboratory, name: string): void =>
  editSpec(lab, { plural: 'services', name, namespace: tillNamespace }, (spec) => ({
    ...spec,
    selector: { app: name },
  }));

/** Begins a rollout of a till to a tag: one that the registry lacks, "lost", breaks it. */
export const rollOutTag = (lab: Laboratory, name: string, tag: string): void =>
  editSpec(lab, { plural: 'deployments', name, namespace: tillNamespace }, (spec) => {
    const { template, ...rest } = structuredClone(spec) as { template: { spec: { containers: object[] } } };
    const image = `online-boutique/emailservice:${tag}`;
    const containers = template.spec.containers.map((container) => ({ ...container, image }));
    return { ...rest, template: { ...template, spec: { ...template.spec, containers } } };
  });
