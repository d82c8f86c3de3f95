import type { Json, JsonObject } from '../../domain/json.ts';
import { pointerOf } from '../../domain/json-pointer.ts';
import { listAt, numberAt, textAt, valueAt } from '../../domain/json-read.ts';
import type { PlanDraft } from '../../domain/plan.ts';
import type { RemedyFacts } from '../../ports/action.ts';
import { composeDraft } from './compose-draft.ts';
import { type Operation, settingAt } from './json-patch.ts';
import { nameOf, objectsOfKind, podsWanted } from './live-object.ts';
import { cite, shown } from './wording.ts';

const protocolOf = (port: Json): string => textAt(port, 'protocol') || 'TCP';

const portsServed = (workload: JsonObject): readonly Json[] =>
  listAt(workload, 'spec', 'template', 'spec', 'containers').flatMap((container) => listAt(container, 'ports'));

const targetOf = (port: Json): Json | undefined => valueAt(port, 'targetPort') ?? valueAt(port, 'port');

const isServed = (port: Json, served: readonly Json[]): Json | undefined => {
  const target = targetOf(port);
  return served.find((own) => textAt(own, 'name') === target || numberAt(own, 'containerPort') === target);
};

/** The declared port that a Service's port must mean: the same number, the same name, or the only one there is. */
const portMeant = (port: Json, served: readonly Json[]): Json | undefined =>
  served.find((own) => numberAt(own, 'containerPort') === numberAt(port, 'port')) ??
  served.find((own) => textAt(own, 'name') !== '' && textAt(own, 'name') === textAt(port, 'name')) ??
  (served.length === 1 ? served[0] : undefined);

const mending = (service: JsonObject, served: readonly Json[]): readonly Operation[] =>
  listAt(service, 'spec', 'ports').flatMap((port, index): readonly Operation[] => {
    const own = isServed(port, served);
    const meant = own ?? portMeant(port, served);
    const number = numberAt(meant, 'containerPort');
    if (meant === undefined || number === undefined) return [];
    if (own === undefined) return [settingAt(service, pointerOf('spec', 'ports', index, 'targetPort'), number)];
    if (protocolOf(own) === protocolOf(port)) return [];
    return [settingAt(service, pointerOf('spec', 'ports', index, 'protocol'), protocolOf(own))];
  });

/** A draft that lets a Service of the workload send where its pods serve; null when that cannot be told for sure. */
export const servicePortDraft = (facts: RemedyFacts, workload: JsonObject): PlanDraft | null => {
  const service = objectsOfKind(facts, 'Service').find(
    (object) => facts.cause.component === `service ${nameOf(object)}`,
  );
  const operations = service === undefined ? [] : mending(service, portsServed(workload));
  if (service === undefined || operations.length === 0) return null;
  const cited = cite(facts.context, ({ data }) => data?.kind === 'service' && data.service.name === nameOf(service));
  const told = operations.map((operation) => `${operation.path} ${'value' in operation ? shown(operation.value) : ''}`);
  return composeDraft({
    action: 'patch-service',
    facts,
    workload,
    target: service,
    operations,
    parameters: { service: nameOf(service), ports: told },
    pods: podsWanted(workload),
    risk: 'low',
    reason: `Service ${nameOf(service)} sends to what no pod of ${nameOf(workload)} serves${cited}; it is set to what they declare: ${told.join(', ')}.`,
    fitness: 0.85,
  });
};
