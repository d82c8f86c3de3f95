import { join } from 'node:path';
import { objectsOfFile } from './kube-client.ts';
import { manifestsFolder } from './places.ts';

const objectOf = (file: string, kind: string): { readonly spec: unknown } => {
  const found = objectsOfFile(join(manifestsFolder, 'prometheus', file)).find((object) => object.kind === kind);
  if (found === undefined || !('spec' in found)) throw new Error(`manifests/prometheus/${file} has no ${kind}`);
  return found as { readonly spec: unknown };
};

/** The groups of every rule of the repository, as Prometheus reads them without an operator. */
export const ruleGroups = (): readonly unknown[] =>
  ['boutique-rules.yaml', 'bot-rules.yaml'].flatMap(
    (file) => (objectOf(file, 'PrometheusRule').spec as { readonly groups: readonly unknown[] }).groups,
  );

interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly matchType?: string;
}

interface Route {
  readonly receiver: string;
  readonly groupBy?: readonly string[];
  readonly groupWait?: string;
  readonly groupInterval?: string;
  readonly repeatInterval?: string;
  readonly matchers?: readonly Matcher[];
  readonly continue?: boolean;
  readonly routes?: readonly Route[];
}

interface InhibitRule {
  readonly sourceMatch: readonly Matcher[];
  readonly targetMatch: readonly Matcher[];
  readonly equal: readonly string[];
}

interface Routing {
  readonly route: Route;
  readonly receivers: readonly { readonly name: string }[];
  readonly inhibitRules: readonly InhibitRule[];
}

const matcherText = ({ name, value, matchType = '=' }: Matcher): string =>
  `${name}${matchType}${JSON.stringify(value)}`;

/** A route as the operator would write it into Alertmanager's own file. */
const nativeRoute = (route: Route): object => ({
  receiver: route.receiver,
  ...(route.groupBy === undefined ? {} : { group_by: route.groupBy }),
  ...(route.groupWait === undefined ? {} : { group_wait: route.groupWait }),
  ...(route.groupInterval === undefined ? {} : { group_interval: route.groupInterval }),
  ...(route.repeatInterval === undefined ? {} : { repeat_interval: route.repeatInterval }),
  ...(route.matchers === undefined ? {} : { matchers: route.matchers.map(matcherText) }),
  ...(route.continue === undefined ? {} : { continue: route.continue }),
  ...(route.routes === undefined ? {} : { routes: route.routes.map(nativeRoute) }),
});

const nativeInhibition = ({ sourceMatch, targetMatch, equal }: InhibitRule): object => ({
  source_matchers: sourceMatch.map(matcherText),
  target_matchers: targetMatch.map(matcherText),
  equal,
});

/** The repository's routes for Alertmanager without an operator. The bot is at `url`; nobody else is told anything. */
export const alertmanagerConfiguration = (bot: { readonly url: string; readonly secret: string }): object => {
  const { route, receivers, inhibitRules } = objectOf('alertmanager-routes.yaml', 'AlertmanagerConfig')
    .spec as unknown as Routing;
  const webhook = {
    url: bot.url,
    send_resolved: true,
    http_config: { authorization: { type: 'Bearer', credentials: bot.secret } },
  };
  return {
    route: nativeRoute(route),
    receivers: receivers.map(({ name }) => (name === 'ai4all-sre' ? { name, webhook_configs: [webhook] } : { name })),
    inhibit_rules: inhibitRules.map(nativeInhibition),
  };
};
