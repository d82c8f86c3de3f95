import { isMap, type JsonMap, listOf, mapOf } from '../frozen.ts';
import { canonicalQuantity } from './quantity.ts';

/** Fills fields that are absent; what is there stays. */
export const withDefaults = (value: JsonMap, defaults: JsonMap): JsonMap => ({
  ...defaults,
  ...Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null)),
});

const eachMap = (value: unknown, fill: (item: JsonMap) => JsonMap): unknown =>
  Array.isArray(value) ? value.map((item) => (isMap(item) ? fill(item) : item)) : value;

const onField = (value: JsonMap, field: string, fill: (inner: JsonMap) => JsonMap): JsonMap => {
  const inner = value[field];
  return isMap(inner) ? { ...value, [field]: fill(inner) } : value;
};

const isFloating = (image: unknown): boolean => {
  const name = String(image).split('/').at(-1) ?? '';
  return !name.includes('@') && (!name.includes(':') || name.endsWith(':latest'));
};

const probe = (value: JsonMap): JsonMap =>
  onField(
    withDefaults(value, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
    'httpGet',
    (action) => withDefaults(action, { path: '/', scheme: 'HTTP' }),
  );

const amounts = (value: unknown): JsonMap =>
  Object.fromEntries(Object.entries(mapOf(value)).map(([name, amount]) => [name, canonicalQuantity(amount)]));

/** Amounts in their canonical form. */
const resources = (value: JsonMap): JsonMap => ({
  ...value,
  ...(value.limits === undefined ? {} : { limits: amounts(value.limits) }),
  ...(value.requests === undefined ? {} : { requests: amounts(value.requests) }),
});

/** A limit without a request asks for as much as it allows. */
const requestsFromLimits = (value: JsonMap): JsonMap =>
  value.limits === undefined ? value : { ...value, requests: { ...mapOf(value.limits), ...mapOf(value.requests) } };

const envVariable = (value: JsonMap): JsonMap =>
  onField(value, 'valueFrom', (from) => onField(from, 'fieldRef', (ref) => withDefaults(ref, { apiVersion: 'v1' })));

const container = (value: JsonMap): JsonMap => {
  const filled = withDefaults(value, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isFloating(value.image) ? 'Always' : 'IfNotPresent',
  });
  const probed = ['livenessProbe', 'readinessProbe', 'startupProbe'].reduce(
    (inner, name) => onField(inner, name, probe),
    onField(filled, 'resources', resources),
  );
  const env = probed.env === undefined ? {} : { env: eachMap(probed.env, envVariable) };
  const ports =
    probed.ports === undefined
      ? {}
      : { ports: eachMap(probed.ports, (port) => withDefaults(port, { protocol: 'TCP' })) };
  return { ...probed, ...env, ...ports };
};

const volume = (value: JsonMap): JsonMap => {
  if (Object.keys(value).length === 1 && value.name !== undefined) return { ...value, emptyDir: {} };
  return ['configMap', 'secret', 'projected'].reduce(
    (inner, source) => onField(inner, source, (fields) => withDefaults(fields, { defaultMode: 420 })),
    value,
  );
};

/** The spec inside a pod template as the API server completes it: what a limit asks for is left to the pod. */
const templateSpecDefaults = (spec: JsonMap): JsonMap => {
  const filled = withDefaults(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  const lists = { containers: container, initContainers: container, volumes: volume };
  const completed = Object.entries(lists).flatMap(([field, fill]) =>
    filled[field] === undefined ? [] : [[field, eachMap(filled[field], fill)]],
  );
  return { ...filled, ...Object.fromEntries(completed) };
};

/** A pod's spec as the API server completes it. */
export const podSpecDefaults = (spec: JsonMap): JsonMap => {
  const filled = templateSpecDefaults(spec);
  const lists = ['containers', 'initContainers'].flatMap((field) =>
    filled[field] === undefined
      ? []
      : [[field, eachMap(filled[field], (item) => onField(item, 'resources', requestsFromLimits))]],
  );
  return { ...filled, ...Object.fromEntries(lists) };
};

/** A pod template as the API server completes it. */
export const templateDefaults = (template: unknown): JsonMap => {
  const { metadata, spec } = mapOf(template);
  return { ...mapOf(template), metadata: mapOf(metadata), spec: templateSpecDefaults(mapOf(spec)) };
};

/** The quality of service class that a pod's resources earn. */
export const qosClassOf = (spec: JsonMap): string => {
  const all = listOf(spec.containers).map((item) => mapOf(mapOf(item).resources));
  const asks = all.some(({ limits, requests }) => Object.keys({ ...mapOf(limits), ...mapOf(requests) }).length > 0);
  if (!asks) return 'BestEffort';
  const isGuaranteed = all.every(({ limits, requests }) =>
    ['cpu', 'memory'].every((name) => {
      const limit = mapOf(limits)[name];
      return limit !== undefined && limit === (mapOf(requests)[name] ?? limit);
    }),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
};
