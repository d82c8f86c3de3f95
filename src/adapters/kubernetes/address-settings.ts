import type { JsonObject } from '../../domain/json.ts';
import { listAt, numberAt, textAt } from '../../domain/json-read.ts';
import type { AddressSetting } from '../../domain/pod-template.ts';
import { hostSettingsOf, hostsIn, type NamedHost } from './host-settings.ts';

/** What an address is looked up in. */
export interface AddressBook {
  readonly namespace: string;
  readonly services: ReadonlyMap<string, JsonObject>;
  readonly configMaps: ReadonlyMap<string, JsonObject>;
}

/** Names that never mean a Service: the pod itself. */
const ownHosts: ReadonlySet<string> = new Set(['localhost']);

const isNumeric = (host: string): boolean => /^\d+$/.test(host);

const stateOf = ({ host, port, isHere }: NamedHost, book: AddressBook): AddressSetting['state'] => {
  if (!isHere || ownHosts.has(host) || isNumeric(host)) return 'elsewhere';
  const service = book.services.get(host);
  if (service === undefined) return 'no-service';
  const offered = listAt(service, 'spec', 'ports').map((entry) => numberAt(entry, 'port'));
  const isPlain = textAt(service, 'spec', 'clusterIP') !== 'None' && textAt(service, 'spec', 'type') !== 'ExternalName';
  return port !== undefined && isPlain && !offered.includes(port) ? 'no-port' : 'served';
};

/**
 * The addresses that a pod template is configured with, each looked up in the namespace. A bare word counts only where it is the
 * name of a Service: many variables that end in `_TARGET` name something else.
 */
export const addressSettingsOf = (podSpec: JsonObject, book: AddressBook): readonly AddressSetting[] =>
  [...listAt(podSpec, 'initContainers'), ...listAt(podSpec, 'containers')].flatMap((container) =>
    hostSettingsOf(container, book.configMaps).flatMap((setting) =>
      hostsIn(setting, book.namespace)
        .filter(({ host, port }) => port !== undefined || book.services.has(host))
        .map((named) => ({
          container: textAt(container, 'name'),
          variable: setting.variable,
          host: named.host,
          ...(named.port === undefined ? {} : { port: named.port }),
          state: stateOf(named, book),
        })),
    ),
  );
