import type { Json, JsonObject } from '../../domain/json.ts';
import { listAt, numberAt, textAt, valueAt } from '../../domain/json-read.ts';
import type { RouteBackend, RouteData } from '../../domain/surroundings.ts';
import { portAt } from './surroundings.ts';

/** A backend as a route names it, before anybody looked whether it is there. */
type NamedBackend = Omit<RouteBackend, 'state'>;

const named = (service: string, port: number | string | undefined, where: readonly [string, string]): NamedBackend => ({
  ...(where[0] === '' ? {} : { host: where[0] }),
  ...(where[1] === '' ? {} : { path: where[1] }),
  service,
  ...(port === undefined ? {} : { port }),
});

const ingressBackend = (backend: Json | undefined, where: readonly [string, string]): readonly NamedBackend[] => {
  const service = textAt(backend, 'service', 'name');
  const port = numberAt(backend, 'service', 'port', 'number') ?? portAt(valueAt(backend, 'service', 'port'), 'name');
  return service === '' ? [] : [named(service, port, where)];
};

const ingressBackends = (ingress: JsonObject): readonly NamedBackend[] => [
  ...ingressBackend(valueAt(ingress, 'spec', 'defaultBackend'), ['', '']),
  ...listAt(ingress, 'spec', 'rules').flatMap((rule) =>
    listAt(rule, 'http', 'paths').flatMap((entry) =>
      ingressBackend(valueAt(entry, 'backend'), [textAt(rule, 'host'), textAt(entry, 'path')]),
    ),
  ),
];

const isOwnService = (ref: Json, namespace: string): boolean =>
  ['', 'Service'].includes(textAt(ref, 'kind')) && ['', namespace].includes(textAt(ref, 'namespace'));

const gatewayBackends = (route: JsonObject): readonly NamedBackend[] => {
  const [host = ''] = listAt(route, 'spec', 'hostnames').filter((name) => typeof name === 'string');
  return listAt(route, 'spec', 'rules').flatMap((rule) => {
    const path = textAt(listAt(rule, 'matches')[0], 'path', 'value');
    return listAt(rule, 'backendRefs')
      .filter((ref) => isOwnService(ref, textAt(route, 'metadata', 'namespace')))
      .map((ref) => named(textAt(ref, 'name'), numberAt(ref, 'port'), [host, path]));
  });
};

const stateOf = ({ service, port }: NamedBackend, services: readonly JsonObject[]): RouteBackend['state'] => {
  const found = services.find((one) => textAt(one, 'metadata', 'name') === service);
  if (found === undefined) return 'no-service';
  const offers = listAt(found, 'spec', 'ports').some(
    (entry) => port === undefined || numberAt(entry, 'port') === port || textAt(entry, 'name') === port,
  );
  return offers ? 'served' : 'no-port';
};

/** An Ingress, HTTPRoute or GRPCRoute, its backends looked up among the Services of its namespace. */
export const routeDataOf = (route: JsonObject, services: readonly JsonObject[]): RouteData => {
  const kind = textAt(route, 'kind');
  const createdAt = textAt(route, 'metadata', 'creationTimestamp');
  const backends = kind === 'Ingress' ? ingressBackends(route) : gatewayBackends(route);
  return {
    kind: 'route',
    route: {
      apiVersion: textAt(route, 'apiVersion'),
      kind,
      namespace: textAt(route, 'metadata', 'namespace'),
      name: textAt(route, 'metadata', 'name'),
    },
    ...(createdAt === '' ? {} : { createdAt }),
    backends: backends.map((backend) => ({ ...backend, state: stateOf(backend, services) })),
  };
};
