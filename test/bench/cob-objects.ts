import type { Json, JsonObject } from '../../src/domain/json.ts';
import { isJsonObject, listAt, objectAt, textAt, valueAt } from '../../src/domain/json-read.ts';
import { accessModesIn, labelsIn, portIn, taintIn, tolerationIn } from './cob-words.ts';

const apiVersions: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  StorageClass: 'storage.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
};

/** The identity of an object in a snapshot that has no uids. */
const uidOf = (kind: string, name: string): string => `${kind}/${name}`;

const set = (object: JsonObject, change: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries({ ...object, ...change }).filter(([, value]) => value !== undefined)) as JsonObject;

const metadataOf = (item: JsonObject): JsonObject => {
  const metadata = objectAt(item, 'metadata');
  const [kind = '', name = ''] = textAt(metadata, 'owner').split('/');
  return set(metadata, {
    uid: uidOf(textAt(item, 'kind'), textAt(metadata, 'name')),
    owner: undefined,
    ownerReferences: name === '' ? undefined : [{ kind, name, uid: uidOf(kind, name), controller: true }],
  });
};

const probeOf = (probe: Json): Json => {
  if (!isJsonObject(probe)) return probe;
  const asked = Object.fromEntries(
    ['httpGet', 'tcpSocket', 'grpc'].flatMap((way) => {
      const target = valueAt(probe, way);
      if (!isJsonObject(target)) return [];
      return [[way, set(target, { port: portIn(textAt(target, 'port') || String(valueAt(target, 'port') ?? '')) })]];
    }),
  );
  return { ...probe, ...asked };
};

/** `<set to the key 'password' in secret 'db'>` as kubectl describes a reference. */
const referenceIn = (text: string): JsonObject | undefined => {
  // Of the object only its name was recorded, so nobody can say whether it holds the key.
  const [, kind, name] = /key '[^']+' (?:in|of) (secret|config map) '([^']+)'/i.exec(text) ?? [];
  if (name === undefined) return undefined;
  return kind?.toLowerCase() === 'secret'
    ? { secretKeyRef: { name, optional: /Optional: true/.test(text) } }
    : { configMapKeyRef: { name, optional: /Optional: true/.test(text) } };
};

const variableOf = (entry: Json): Json => {
  if (!isJsonObject(entry)) return entry;
  const source = valueAt(entry, 'valueFrom');
  const text = typeof source === 'string' ? source : textAt(entry, 'value');
  const valueFrom = referenceIn(text);
  return valueFrom === undefined ? entry : { name: textAt(entry, 'name'), valueFrom };
};

const containerOf = (container: Json): Json => {
  if (!isJsonObject(container)) return container;
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((name) => {
    const probe = valueAt(container, name);
    return probe === undefined ? [] : [[name, probeOf(probe)]];
  });
  return { ...container, env: listAt(container, 'env').map(variableOf), ...Object.fromEntries(probes) };
};

const volumeOf = (volume: Json): Json => {
  const name = textAt(volume, 'name');
  const claimName = textAt(volume, 'claimName');
  const configMap = textAt(volume, 'configMapName');
  const secretName = textAt(volume, 'secretName');
  if (claimName !== '') return { name, persistentVolumeClaim: { claimName } };
  if (configMap !== '') return { name, configMap: { name: configMap } };
  return secretName === '' ? { name } : { name, secret: { secretName } };
};

const podSpecOf = (spec: JsonObject): JsonObject =>
  set(spec, {
    containers: listAt(spec, 'containers').map(containerOf),
    initContainers: listAt(spec, 'initContainers').map(containerOf),
    volumes: listAt(spec, 'volumes').map(volumeOf),
    tolerations: listAt(spec, 'tolerations').map((entry) => (typeof entry === 'string' ? tolerationIn(entry) : entry)),
  });

const templated = (item: JsonObject): JsonObject => {
  const spec = objectAt(item, 'spec');
  const template = objectAt(spec, 'template');
  const strategy = valueAt(spec, 'strategy');
  const status = objectAt(item, 'status');
  const ready = valueAt(status, 'readyReplicas') ?? valueAt(status, 'availableReplicas');
  return {
    spec: set(spec, {
      selector: { matchLabels: labelsIn(textAt(spec, 'selector')) },
      strategy: typeof strategy === 'string' ? { type: strategy } : strategy,
      template: set(template, { spec: podSpecOf(objectAt(template, 'spec')) }),
    }),
    status: set(status, { readyReplicas: ready }),
  };
};

const addressesOf = (entries: readonly Json[]): readonly Json[] =>
  entries.map((entry) => (typeof entry === 'string' ? { ip: entry } : entry));

const endpointsOf = (item: JsonObject): JsonObject => ({
  subsets: listAt(item, 'subsets').map((subset) => ({
    addresses: addressesOf(listAt(subset, 'addresses')) as Json[],
    notReadyAddresses: addressesOf(listAt(subset, 'notReadyAddresses')) as Json[],
    ports: listAt(subset, 'ports').map((port) => ({
      name: textAt(port, 'Name'),
      port: Number(textAt(port, 'Port')),
      protocol: textAt(port, 'Protocol'),
    })),
  })),
});

const serviceOf = (item: JsonObject): JsonObject => {
  const spec = objectAt(item, 'spec');
  const ports = listAt(spec, 'ports').map((port) =>
    isJsonObject(port) ? set(port, { targetPort: portIn(textAt(port, 'targetPort') || '0') }) : port,
  );
  return { spec: set(spec, { ports }) };
};

const nodeOf = (item: JsonObject): JsonObject => {
  const spec = objectAt(item, 'spec');
  return { spec: set(spec, { taints: listAt(spec, 'taints').map((taint) => taintIn(String(taint))) }) };
};

const claimOf = (item: JsonObject): JsonObject => {
  const spec = objectAt(item, 'spec');
  const capacity = textAt(spec, 'capacity');
  return {
    spec: set(spec, {
      accessModes: accessModesIn(textAt(spec, 'accessModes')) as Json[],
      resources: capacity === '' ? undefined : { requests: { storage: capacity } },
      storageClassName: textAt(spec, 'storageClass') || valueAt(spec, 'storageClassName'),
    }),
  };
};

const volumeObjectOf = (item: JsonObject): JsonObject => {
  const spec = objectAt(item, 'spec');
  const [namespace = '', name = ''] = textAt(spec, 'claimRef').split('/');
  return {
    spec: set(spec, {
      accessModes: accessModesIn(textAt(spec, 'accessModes')) as Json[],
      capacity: { storage: textAt(spec, 'capacity') },
      storageClassName: textAt(spec, 'storageClass') || valueAt(spec, 'storageClassName'),
      claimRef: name === '' ? undefined : { kind: 'PersistentVolumeClaim', namespace, name },
    }),
  };
};

/** kubectl prints events without a name of their own; they live where their object does. */
const eventOf = (item: JsonObject): JsonObject => ({
  metadata: { namespace: textAt(item, 'involvedObject', 'namespace') },
});

const forms: Readonly<Record<string, (item: JsonObject) => JsonObject>> = {
  Pod: (item) => ({ spec: podSpecOf(objectAt(item, 'spec')) }),
  Deployment: templated,
  ReplicaSet: templated,
  StatefulSet: templated,
  DaemonSet: templated,
  Endpoints: endpointsOf,
  Service: serviceOf,
  Node: nodeOf,
  PersistentVolumeClaim: claimOf,
  Event: eventOf,
  ResourceQuota: (item) => ({ spec: { hard: objectAt(item, 'status', 'hard') } }),
  PersistentVolume: volumeObjectOf,
};

/** Objects of which only the printed name and columns are known. Their insides must not be read as empty. */
export const isNameOnly = (item: JsonObject): boolean => valueAt(item, 'columns') !== undefined;

/** An object of a snapshot in the API's own form. */
export const apiObjectOf = (item: JsonObject): JsonObject => {
  const kind = textAt(item, 'kind');
  return {
    ...item,
    apiVersion: apiVersions[kind] ?? 'v1',
    metadata: metadataOf(item),
    ...(isNameOnly(item) ? {} : forms[kind]?.(item)),
  };
};

/** kubectl prints a node's lease with the node; in the API it is an object of its own. */
export const leaseOf = (item: JsonObject): readonly JsonObject[] => {
  const renewTime = textAt(item, 'status', 'leaseRenewTime');
  const name = textAt(item, 'metadata', 'name');
  if (textAt(item, 'kind') !== 'Node' || renewTime === '') return [];
  const metadata = { name, namespace: 'kube-node-lease' };
  return [{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: { renewTime } }];
};
