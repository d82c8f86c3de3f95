import type { JsonObject } from '../domain/json.ts';
import { sameJson, textsAt } from '../domain/json-read.ts';
import type { PlanDraft } from '../domain/plan.ts';
import type { Action, RemedyFacts } from '../ports/action.ts';
import { composeDraft } from './drafting/compose-draft.ts';
import {
  nameOf,
  objectsOfKind,
  podsWanted,
  selects,
  templateLabels,
  workloadNamed,
  workloadsOf,
} from './drafting/live-object.ts';
import { servicePortDraft } from './drafting/service-port-draft.ts';
import { cite } from './drafting/wording.ts';

type Labels = Readonly<Record<string, string>>;

const selectorOf = (service: JsonObject): Labels => textsAt(service, 'spec', 'selector');

/** Whether a Service should find the workload: the cause or the evidence says so, or without evidence their names do. */
const belongsTo = ({ cause, context }: RemedyFacts, service: JsonObject, workload: JsonObject): boolean => {
  if (cause.component === `service ${nameOf(service)}`) return true;
  const told = context.evidence.find(
    ({ data }) => data?.kind === 'service' && data.service.name === nameOf(service),
  )?.data;
  const expected = told?.kind === 'service' && told.expected.length > 0 ? told.expected : [nameOf(service)];
  return expected.includes(nameOf(workload));
};

/** The Service that should find the workload's pods and does not. */
const driftedService = (facts: RemedyFacts, workload: JsonObject): JsonObject | undefined =>
  objectsOfKind(facts, 'Service')
    .filter((service) => Object.keys(selectorOf(service)).length > 0)
    .filter((service) => !selects(selectorOf(service), templateLabels(workload)))
    .find((service) => belongsTo(facts, service, workload));

/** Finds this workload's pods and nobody else's. */
const isExact = (facts: RemedyFacts, selector: Labels, workload: JsonObject): boolean =>
  workloadsOf(facts).every(
    (other) => selects(selector, templateLabels(other)) === (nameOf(other) === nameOf(workload)),
  );

/** The least change first: the same keys with the pods' own values; else the labels that the workload finds its pods by. */
const mendedSelector = (facts: RemedyFacts, service: JsonObject, workload: JsonObject): Labels | undefined => {
  const labels = templateLabels(workload);
  const sameKeys = Object.keys(selectorOf(service)).flatMap((key) => {
    const value = labels[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  const candidates = [Object.fromEntries(sameKeys), textsAt(workload, 'spec', 'selector', 'matchLabels')];
  return candidates.find((selector) => isExact(facts, selector, workload));
};

const told = (selector: Labels): string =>
  Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

const selectorDraft = (facts: RemedyFacts, workload: JsonObject): PlanDraft | null => {
  const service = driftedService(facts, workload);
  const selector = service === undefined ? undefined : mendedSelector(facts, service, workload);
  if (service === undefined || selector === undefined || sameJson(selector, selectorOf(service))) return null;
  const cited = cite(facts.context, ({ data }) => data?.kind === 'service' && data.service.name === nameOf(service));
  return composeDraft({
    action: 'patch-service',
    facts,
    workload,
    target: service,
    operations: [{ op: 'replace', path: '/spec/selector', value: selector }],
    parameters: { service: nameOf(service), selector },
    pods: podsWanted(workload),
    risk: 'low',
    reason: `Service ${nameOf(service)} selects ${told(selectorOf(service))}, which finds no pod of ${nameOf(workload)}${cited}; its pods carry ${told(selector)}.`,
    fitness: 0.85,
  });
};

/** Points a Service back at the pods of the workload that it belongs to, or at the port that they serve. */
export const patchService: Action = {
  name: 'patch-service',
  title: 'Mend the Service',
  description:
    'Sets the selector of a Service to labels that the pods of its workload carry, and no others, or its target to the port that they serve.',
  draft: (facts) => {
    const workload = workloadNamed(facts, facts.cause.workload);
    if (workload === undefined) return null;
    switch (facts.cause.fault) {
      case 'selector-drift':
        return selectorDraft(facts, workload);
      case 'service-port':
      case 'service-protocol':
        return servicePortDraft(facts, workload);
      default:
        return null;
    }
  },
};
