import type { Json, JsonObject } from '../../domain/json.ts';
import { listAt, textAt, textsAt, valueAt } from '../../domain/json-read.ts';
import type { MeshPolicyData } from '../../domain/surroundings.ts';
import { demandsOf, satisfies } from './placement.ts';

type Effect = MeshPolicyData['effect'];

const selectedBy = (selector: Json | undefined, workloads: readonly JsonObject[]): readonly string[] =>
  workloads
    .filter((workload) => satisfies(textsAt(workload, 'spec', 'template', 'metadata', 'labels'), demandsOf(selector)))
    .map((workload) => textAt(workload, 'metadata', 'name'));

const policyOf = (object: JsonObject, effect: Effect, selects: readonly string[]): MeshPolicyData => {
  const createdAt = textAt(object, 'metadata', 'creationTimestamp');
  return {
    kind: 'mesh-policy',
    policy: {
      apiVersion: textAt(object, 'apiVersion'),
      kind: textAt(object, 'kind'),
      namespace: textAt(object, 'metadata', 'namespace'),
      name: textAt(object, 'metadata', 'name'),
    },
    ...(createdAt === '' ? {} : { createdAt }),
    selects,
    effect,
  };
};

const meansAll = (rules: readonly Json[]): boolean => rules.some((rule) => Object.keys(rule ?? {}).length === 0);

/** What Istio makes of an AuthorizationPolicy: ALLOW without a rule admits nobody; DENY without one refuses nobody. Null: nobody is kept out, or somebody else decides. */
const istioEffect = (policy: JsonObject): Effect | null => {
  const action = textAt(policy, 'spec', 'action') || 'ALLOW';
  const rules = listAt(policy, 'spec', 'rules');
  if (action === 'DENY') return rules.length === 0 ? null : meansAll(rules) ? 'denies-all' : 'denies-some';
  if (action !== 'ALLOW' || meansAll(rules)) return null;
  return rules.length === 0 ? 'denies-all' : 'admits-some';
};

/** The policies of Istio that keep calls out. Those for a gateway or a waypoint select no pods and are left out. */
export const istioPoliciesFrom = (
  policies: readonly JsonObject[],
  workloads: readonly JsonObject[],
): readonly MeshPolicyData[] =>
  policies.flatMap((policy) => {
    if (listAt(policy, 'spec', 'targetRefs').length > 0) return [];
    const isMutual = textAt(policy, 'kind') === 'PeerAuthentication';
    const strict = textAt(policy, 'spec', 'mtls', 'mode') === 'STRICT' ? 'demands-mtls' : null;
    const effect = isMutual ? strict : istioEffect(policy);
    return effect === null
      ? []
      : [policyOf(policy, effect, selectedBy(valueAt(policy, 'spec', 'selector'), workloads))];
  });

/** Whether an authorisation may admit callers to a Server: one for a route of it, too, because whose route it is does not matter here. */
const mayAdmitTo =
  (server: JsonObject) =>
  (authorization: JsonObject): boolean => {
    const name = textAt(server, 'metadata', 'name');
    const kind = textAt(authorization, 'spec', 'targetRef', 'kind');
    if (kind !== '') return kind !== 'Server' || textAt(authorization, 'spec', 'targetRef', 'name') === name;
    const selector = valueAt(authorization, 'spec', 'server', 'selector');
    if (selector !== undefined) return satisfies(textsAt(server, 'metadata', 'labels'), demandsOf(selector));
    return textAt(authorization, 'spec', 'server', 'name') === name;
  };

/** The Servers of Linkerd that keep calls out: one that nothing authorises admits nobody, unless its access policy says else. */
export const linkerdPoliciesFrom = (
  servers: readonly JsonObject[],
  authorizations: readonly JsonObject[],
  workloads: readonly JsonObject[],
): readonly MeshPolicyData[] =>
  servers
    .filter((server) => ['', 'deny'].includes(textAt(server, 'spec', 'accessPolicy')))
    .map((server) =>
      policyOf(
        server,
        authorizations.some(mayAdmitTo(server)) ? 'admits-some' : 'denies-all',
        selectedBy(valueAt(server, 'spec', 'podSelector'), workloads),
      ),
    );
