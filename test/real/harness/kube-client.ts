import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as k8s from '@kubernetes/client-node';
import { parse, parseAllDocuments } from 'yaml';

/** The manager of all that belongs to the cluster's own furniture. */
const fieldManager = 'real-cluster';

/** The clients of a kubeconfig file. */
export const openClients = (kubeconfigPath: string) => {
  const config = new k8s.KubeConfig();
  config.loadFromFile(kubeconfigPath);
  return {
    config,
    any: k8s.KubernetesObjectApi.makeApiClient(config),
    core: config.makeApiClient(k8s.CoreV1Api),
    apps: config.makeApiClient(k8s.AppsV1Api),
    custom: config.makeApiClient(k8s.CustomObjectsApi),
    admission: config.makeApiClient(k8s.AdmissionregistrationV1Api),
    extensions: config.makeApiClient(k8s.ApiextensionsV1Api),
  };
};

/** What {@link openClients} gives. */
export type KubeClients = ReturnType<typeof openClients>;

/** The objects of a YAML file, in its order. */
export const objectsOfFile = (path: string): readonly k8s.KubernetesObject[] =>
  parseAllDocuments(readFileSync(path, 'utf8'))
    .map((document) => document.toJS() as k8s.KubernetesObject | null)
    .filter((object) => object !== null);

/** The objects of the files that a kustomization names, in its order. What it generates or patches is left out. */
export const objectsOfKustomization = (folder: string): readonly k8s.KubernetesObject[] => {
  const { resources } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as { resources: string[] };
  return resources.flatMap((file) => objectsOfFile(join(folder, file)));
};

/** Applies one object on the server's side and takes what others hold of it. */
export const applyObject = async (clients: KubeClients, object: k8s.KubernetesObject): Promise<void> => {
  await clients.any.patch(object, undefined, undefined, fieldManager, true, k8s.PatchStrategy.ServerSideApply);
};

/** Applies objects one after the other. */
export const applyInOrder = async (clients: KubeClients, objects: readonly k8s.KubernetesObject[]): Promise<void> => {
  for (const object of objects) await applyObject(clients, object);
};

/** Whether a definition is served by now. */
export const isServed = async (clients: KubeClients, name: string): Promise<boolean> => {
  const { status } = await clients.extensions.readCustomResourceDefinitionStatus({ name });
  return status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True') ?? false;
};
