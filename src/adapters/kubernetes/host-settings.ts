import type { Json, JsonObject } from '../../domain/json.ts';
import { listAt, textAt, textsAt, valueAt } from '../../domain/json-read.ts';

/** A text of a container's settings that may name hosts, and by which variable. */
export interface HostSetting {
  /** The environment variable, or `args`. */
  readonly variable: string;
  readonly text: string;
  /** Whether a host may stand there without a port or a scheme: by the look of its variable's name. */
  readonly mayBeBare: boolean;
}

/** A host that a setting names. `isHere` when it is a name of the namespace, with or without its domain. */
export interface NamedHost {
  readonly host: string;
  readonly port?: number;
  readonly isHere: boolean;
}

const speaksOfHosts = /(HOST|ADDR|ADDRESS|URL|URI|ENDPOINT|SERVER|BROKER|TARGET|UPSTREAM)S?$/i;

const referenced = (entry: Json, configMaps: ReadonlyMap<string, JsonObject>): string => {
  const reference = valueAt(entry, 'valueFrom', 'configMapKeyRef');
  return textAt(configMaps.get(textAt(reference, 'name')), 'data', textAt(reference, 'key'));
};

/** Every text of a container's settings: its variables, those imported from ConfigMaps, and its words. */
export const hostSettingsOf = (
  container: Json,
  configMaps: ReadonlyMap<string, JsonObject>,
): readonly HostSetting[] => {
  const setting = (variable: string, text: string): HostSetting => ({
    variable,
    text,
    mayBeBare: speaksOfHosts.test(variable),
  });
  const own = listAt(container, 'env').map((entry) =>
    setting(textAt(entry, 'name'), textAt(entry, 'value') || referenced(entry, configMaps)),
  );
  const imported = listAt(container, 'envFrom')
    .flatMap((entry) => Object.entries(textsAt(configMaps.get(textAt(entry, 'configMapRef', 'name')), 'data')))
    .map(([name, text]) => setting(name, text));
  const words = [...listAt(container, 'command'), ...listAt(container, 'args')]
    .filter((word) => typeof word === 'string')
    .map((text) => setting('args', text));
  return [...own, ...imported, ...words];
};

/** `cart`, `cart:7070`, `http://cart`, `redis://:pw@cart:6379/0`, `cart.shop.svc.cluster.local:7070`, and lists of them. */
const hostPattern =
  /(\/\/|@|^|[\s,;="'])([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)((?:\.[-a-z0-9]+)*)(?=(?::(\d{1,5}))?(?:$|[\s,;/"'?]))/g;

/** The hosts that a setting names, as seen from a namespace. */
export const hostsIn = ({ text, mayBeBare }: HostSetting, namespace: string): readonly NamedHost[] =>
  [...text.matchAll(hostPattern)].flatMap(([, before, host, domain = '', port]) => {
    const isAddress = port !== undefined || before === '//' || before === '@' || domain !== '' || mayBeBare;
    if (!isAddress || host === undefined) return [];
    const isHere = domain === '' || domain === `.${namespace}` || domain.startsWith(`.${namespace}.svc`);
    return [{ host, isHere, ...(port === undefined ? {} : { port: Number(port) }) }];
  });
