import type { ChangeData, FieldChange, ServiceData, ServicePort } from '../../domain/evidence.ts';
import type { JsonObject } from '../../domain/json.ts';
import { stepsOf } from '../../domain/json-pointer.ts';
import { listAt, numberAt, textAt, textsAt, valueAt } from '../../domain/json-read.ts';
import { createSelectorIndex, type Labels, type SelectorIndex } from './selector-index.ts';
import { portAt } from './surroundings.ts';

/** The raw objects that services are told from. `changes` is what the flight recorder knows, oldest first. */
export interface ServiceObjects {
  readonly services: readonly JsonObject[];
  readonly endpoints: readonly JsonObject[];
  readonly workloads: readonly JsonObject[];
  readonly changes: readonly ChangeData[];
}

const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name');
const selectorBefore = (selector: Labels, change: FieldChange): Labels => {
  const [, , key] = stepsOf(change.path);
  if (key === undefined) return textsAt(change.before);
  const { [key]: _changed, ...others } = selector;
  return typeof change.before === 'string' ? { ...others, [key]: change.before } : others;
};

/** The selectors that a Service had before, newest first, found by undoing the recorded changes one after the other. */
const formerSelectors = (service: JsonObject, changes: readonly ChangeData[]): readonly Labels[] => {
  const former: Labels[] = [];
  let selector = textsAt(service, 'spec', 'selector');
  for (const { changes: fields } of changes.toReversed()) {
    const own = fields.filter(
      ({ object, path }) =>
        object.kind === 'Service' && object.name === nameOf(service) && path.startsWith('/spec/selector'),
    );
    if (own.length === 0) continue;
    selector = own.reduce(selectorBefore, selector);
    former.push(selector);
  }
  return former;
};

const addressesOf = (endpoints: JsonObject | undefined, field: 'addresses' | 'notReadyAddresses'): number =>
  listAt(endpoints, 'subsets').reduce<number>((sum, subset) => sum + listAt(subset, field).length, 0);

/** The raw objects with what is looked up again and again. */
interface IndexedObjects {
  readonly changes: readonly ChangeData[];
  readonly workloads: SelectorIndex;
  readonly endpoints: ReadonlyMap<string, JsonObject>;
}

const expectedBehind = (service: JsonObject, world: IndexedObjects): readonly string[] => {
  const selector = textsAt(service, 'spec', 'selector');
  const former = formerSelectors(service, world.changes);
  if (Object.keys(selector).length === 0 && former.length === 0) return []; // it never meant to select pods
  const sameName = world.workloads.has(nameOf(service)) ? [nameOf(service)] : [];
  const before = former.map(world.workloads.matchedBy).find((names) => names.length > 0) ?? [];
  return [...new Set([...sameName, ...before])];
};

const portsOf = (service: JsonObject): readonly ServicePort[] =>
  listAt(service, 'spec', 'ports').flatMap((entry) => {
    const port = numberAt(entry, 'port');
    if (port === undefined) return [];
    const name = textAt(entry, 'name');
    return [
      {
        ...(name === '' ? {} : { name }),
        port,
        target: portAt(entry, 'targetPort') ?? port,
        protocol: textAt(entry, 'protocol') || 'TCP',
      },
    ];
  });

const serviceDataOf = (service: JsonObject, world: IndexedObjects): ServiceData => {
  const endpoints = world.endpoints.get(nameOf(service));
  const selector = textsAt(service, 'spec', 'selector');
  const trafficPolicy = textAt(service, 'spec', 'internalTrafficPolicy');
  return {
    kind: 'service',
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      namespace: textAt(service, 'metadata', 'namespace'),
      name: nameOf(service),
    },
    selector,
    ready: addressesOf(endpoints, 'addresses'),
    notReady: addressesOf(endpoints, 'notReadyAddresses'),
    matches: world.workloads.matchedBy(selector),
    expected: expectedBehind(service, world),
    ports: portsOf(service),
    type: textAt(service, 'spec', 'type') || 'ClusterIP',
    ...(trafficPolicy === '' ? {} : { trafficPolicy }),
  };
};

/** Each Service with what is behind it now and what should be. Services without pods behind them by design (ExternalName) are left out. */
export const servicesFrom = (world: ServiceObjects): readonly ServiceData[] => {
  const indexed: IndexedObjects = {
    changes: world.changes,
    workloads: createSelectorIndex(world.workloads),
    endpoints: new Map(world.endpoints.map((entry) => [nameOf(entry), entry])),
  };
  return world.services
    .filter((service) => valueAt(service, 'spec', 'type') !== 'ExternalName')
    .map((service) => serviceDataOf(service, indexed));
};
