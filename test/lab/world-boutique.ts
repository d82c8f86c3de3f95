import { createKubeStore } from '../../src/lab/cluster/create-kube-store.ts';
import type { KubeObject } from '../../src/lab/cluster/kube-object.ts';
import type { KubeStore } from '../../src/lab/cluster/kube-store.ts';

export const namespace = 'online-boutique';

interface Application {
  readonly port: number | null;
  readonly servicePort?: number;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: { readonly cpu: string; readonly memory: string };
  readonly image?: string;
  readonly container?: string;
}

const small = { cpu: '200m', memory: '128Mi' };

/** Online Boutique as its upstream manifests have it, cut to what the world reads. */
const applications: Readonly<Record<string, Application>> = {
  adservice: { port: 9555, env: { PORT: '9555' }, limits: { cpu: '300m', memory: '300Mi' } },
  cartservice: { port: 7070, env: { REDIS_ADDR: 'redis-cart:6379' }, limits: { cpu: '300m', memory: '128Mi' } },
  checkoutservice: {
    port: 5050,
    env: {
      PORT: '5050',
      PRODUCT_CATALOG_SERVICE_ADDR: 'productcatalogservice:3550',
      SHIPPING_SERVICE_ADDR: 'shippingservice:50051',
      PAYMENT_SERVICE_ADDR: 'paymentservice:50051',
      EMAIL_SERVICE_ADDR: 'emailservice:5000',
      CURRENCY_SERVICE_ADDR: 'currencyservice:7000',
      CART_SERVICE_ADDR: 'cartservice:7070',
    },
    limits: small,
  },
  currencyservice: { port: 7000, env: { PORT: '7000' }, limits: small },
  emailservice: { port: 8080, servicePort: 5000, env: { PORT: '8080' }, limits: small },
  frontend: {
    port: 8080,
    servicePort: 80,
    env: {
      PORT: '8080',
      PRODUCT_CATALOG_SERVICE_ADDR: 'productcatalogservice:3550',
      CURRENCY_SERVICE_ADDR: 'currencyservice:7000',
      CART_SERVICE_ADDR: 'cartservice:7070',
      RECOMMENDATION_SERVICE_ADDR: 'recommendationservice:8080',
      SHIPPING_SERVICE_ADDR: 'shippingservice:50051',
      CHECKOUT_SERVICE_ADDR: 'checkoutservice:5050',
      AD_SERVICE_ADDR: 'adservice:9555',
    },
    limits: small,
  },
  loadgenerator: {
    port: null,
    env: { FRONTEND_ADDR: 'frontend:80', USERS: '10', RATE: '1' },
    limits: { cpu: '500m', memory: '512Mi' },
    container: 'main',
  },
  paymentservice: { port: 50051, env: { PORT: '50051' }, limits: small },
  productcatalogservice: { port: 3550, env: { PORT: '3550' }, limits: small },
  recommendationservice: {
    port: 8080,
    env: { PORT: '8080', PRODUCT_CATALOG_SERVICE_ADDR: 'productcatalogservice:3550' },
    limits: { cpu: '200m', memory: '450Mi' },
  },
  'redis-cart': {
    port: 6379,
    env: {},
    limits: { cpu: '125m', memory: '256Mi' },
    image: 'redis:alpine',
    container: 'redis',
  },
  shippingservice: { port: 50051, env: { PORT: '50051' }, limits: small },
};

const deploymentOf = (name: string, application: Application): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace, labels: { app: name } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: 10,
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: application.container ?? 'server',
            image: application.image ?? `online-boutique/${name}:v0.10.2`,
            ports: application.port === null ? [] : [{ containerPort: application.port }],
            env: Object.entries(application.env).map(([key, value]) => ({ name: key, value })),
            resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: application.limits },
          },
        ],
      },
    },
  },
});

const serviceOf = (name: string, application: Application & { readonly port: number }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: { app: name } },
  spec: {
    type: 'ClusterIP',
    selector: { app: name },
    ports: [{ name: 'main', port: application.servicePort ?? application.port, targetPort: application.port }],
  },
});

/** A store with the Deployments and Services of the shop, no pods yet. */
const createBoutique = (now: () => number): KubeStore => {
  let given = 0;
  const store = createKubeStore({
    now,
    newUid: () => {
      given += 1;
      return `00000000-0000-4000-8000-${String(given).padStart(12, '0')}`;
    },
  });
  for (const [name, application] of Object.entries(applications)) {
    store.create('deployments', deploymentOf(name, application), 'kubectl-client-side-apply');
    const { port } = application;
    if (port !== null) store.create('services', serviceOf(name, { ...application, port }), 'kubectl-client-side-apply');
  }
  return store;
};

/** Puts one ready pod of the Deployment's present template into the store, as a kubelet without hurry would. */
export const addReadyPod = (store: KubeStore, workload: string, suffix = 'aaaaa'): KubeObject => {
  const template = store.get('deployments', namespace, workload)?.spec.template;
  const name = `${workload}-5d4f8c7b9-${suffix}`;
  store.create(
    'pods',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels: template.metadata.labels },
      spec: template.spec,
    },
    'kube-controller-manager',
  );
  return setReady(store, name, true);
};

/** Sets a pod's readiness as the kubelet would report it. */
export const setReady = (store: KubeStore, name: string, ready: boolean): KubeObject => {
  const pod = store.get('pods', namespace, name);
  if (pod === undefined) throw new Error(`no pod ${name}`);
  const container = pod.spec.containers[0].name;
  const status = {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: [
      { name: container, ready, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } },
    ],
  };
  return store.updateStatus('pods', { ...pod, status }, 'kubelet');
};

/** The shop with one ready pod for each workload. */
export const createRunningBoutique = (now: () => number): KubeStore => {
  const store = createBoutique(now);
  for (const workload of Object.keys(applications)) addReadyPod(store, workload);
  return store;
};
