import type { Topology } from '../../domain/context.ts';
import type { JsonObject } from '../../domain/json.ts';
import { listAt, textAt, textsAt, valueAt } from '../../domain/json-read.ts';
import { hostSettingsOf, hostsIn } from './host-settings.ts';
import { createSelectorIndex, type SelectorIndex } from './selector-index.ts';
import { workloadRefOf } from './workload-data.ts';

/** The raw objects that the call graph is read from. */
export interface TopologyObjects {
  readonly namespace: string;
  readonly workloads: readonly JsonObject[];
  readonly services: readonly JsonObject[];
  readonly configMaps: readonly JsonObject[];
}

const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name');

/** A drifted selector does not change who means to be called, so the name decides before the selector. */
const workloadBehind = (service: JsonObject, workloads: SelectorIndex): string | undefined =>
  workloads.has(nameOf(service)) ? nameOf(service) : workloads.matchedBy(textsAt(service, 'spec', 'selector'))[0];

/** Who calls whom, read from environment variables, arguments and ConfigMaps that name a Service of the namespace. */
export const topologyFrom = (world: TopologyObjects): Topology => {
  const index = createSelectorIndex(world.workloads);
  const behind = new Map(world.services.map((service) => [nameOf(service), workloadBehind(service, index)]));
  const configMaps = new Map(world.configMaps.map((object) => [nameOf(object), object]));
  const edgesFrom = (workload: JsonObject) => {
    const spec = valueAt(workload, 'spec', 'template', 'spec');
    const called = [...listAt(spec, 'initContainers'), ...listAt(spec, 'containers')]
      .flatMap((container) => hostSettingsOf(container, configMaps))
      .flatMap((setting) => hostsIn(setting, world.namespace))
      .map(({ host, isHere }) => (isHere ? behind.get(host) : undefined))
      .filter((to) => to !== undefined && to !== nameOf(workload));
    return [...new Set(called)].map((to) => ({ from: nameOf(workload), to: to ?? '' }));
  };
  return {
    workloads: world.workloads.map(workloadRefOf).filter((workload) => workload !== null),
    edges: world.workloads.flatMap(edgesFrom),
  };
};
