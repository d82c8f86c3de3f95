import type { Topology } from '../../domain/context.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { listAt, textAt, textsAt, valueAt } from '../../domain/json-read.ts';
import { matchedBy } from './service-data.ts';
import { workloadRefOf } from './workload-data.ts';

/** The raw objects that the call graph is read from. */
export interface TopologyObjects {
  readonly namespace: string;
  readonly workloads: readonly JsonObject[];
  readonly services: readonly JsonObject[];
  readonly configMaps: readonly JsonObject[];
}

const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name');

/** A text that may hold an address, and whether it may be a bare host name: by the look of its variable's name. */
interface Setting {
  readonly text: string;
  readonly mayBeBare: boolean;
}

const speaksOfHosts = /(HOST|ADDR|ADDRESS|URL|URI|ENDPOINT|SERVER|BROKER|TARGET|UPSTREAM)S?$/i;

const referenced = (entry: Json, configMaps: ReadonlyMap<string, JsonObject>): string => {
  const reference = valueAt(entry, 'valueFrom', 'configMapKeyRef');
  return textAt(configMaps.get(textAt(reference, 'name')), 'data', textAt(reference, 'key'));
};

const settingsOf = (container: Json, configMaps: ReadonlyMap<string, JsonObject>): readonly Setting[] => {
  const own = listAt(container, 'env').map((entry) => ({
    text: textAt(entry, 'value') || referenced(entry, configMaps),
    mayBeBare: speaksOfHosts.test(textAt(entry, 'name')),
  }));
  const imported = listAt(container, 'envFrom')
    .flatMap((entry) => Object.entries(textsAt(configMaps.get(textAt(entry, 'configMapRef', 'name')), 'data')))
    .map(([name, text]) => ({ text, mayBeBare: speaksOfHosts.test(name) }));
  const words = [...listAt(container, 'command'), ...listAt(container, 'args')]
    .filter((word) => typeof word === 'string')
    .map((text) => ({ text, mayBeBare: false }));
  return [...own, ...imported, ...words];
};

/** `cart`, `cart:7070`, `http://cart`, `redis://:pw@cart:6379/0`, `cart.shop.svc.cluster.local:7070`, and lists of them. */
const hostPattern =
  /(\/\/|@|^|[\s,;="'])([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)((?:\.[-a-z0-9]+)*)(?=(:\d{1,5})?(?:$|[\s,;/"'?]))/g;

const hostsIn = ({ text, mayBeBare }: Setting, namespace: string): readonly string[] =>
  [...text.matchAll(hostPattern)].flatMap(([, before, host, domain, port]) => {
    const isAddress = port !== undefined || before === '//' || before === '@' || domain !== '' || mayBeBare;
    const isHere = domain === '' || domain === `.${namespace}` || (domain ?? '').startsWith(`.${namespace}.svc`);
    return isAddress && isHere && host !== undefined ? [host] : [];
  });

/** A drifted selector does not change who means to be called, so the name decides before the selector. */
const workloadBehind = (service: JsonObject, workloads: readonly JsonObject[]): string | undefined => {
  const sameName = workloads.map(nameOf).find((name) => name === nameOf(service));
  return sameName ?? matchedBy(textsAt(service, 'spec', 'selector'), workloads)[0];
};

/** Who calls whom, read from environment variables, arguments and ConfigMaps that name a Service of the namespace. */
export const topologyFrom = (world: TopologyObjects): Topology => {
  const behind = new Map(world.services.map((service) => [nameOf(service), workloadBehind(service, world.workloads)]));
  const configMaps = new Map(world.configMaps.map((object) => [nameOf(object), object]));
  const edgesFrom = (workload: JsonObject) => {
    const spec = valueAt(workload, 'spec', 'template', 'spec');
    const called = [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')]
      .flatMap((container) => settingsOf(container, configMaps))
      .flatMap((setting) => hostsIn(setting, world.namespace))
      .map((host) => behind.get(host))
      .filter((to) => to !== undefined && to !== nameOf(workload));
    return [...new Set(called)].map((to) => ({ from: nameOf(workload), to: to ?? '' }));
  };
  return {
    workloads: world.workloads.map(workloadRefOf).filter((workload) => workload !== null),
    edges: world.workloads.flatMap(edgesFrom),
  };
};
