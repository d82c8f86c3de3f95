import type { JsonObject } from '../domain/json.ts';
import { listAt, textAt, valueAt } from '../domain/json-read.ts';
import type { Action, RemedyFacts } from '../ports/action.ts';
import { composeDraft } from './drafting/compose-draft.ts';
import { settingAt } from './drafting/json-patch.ts';
import { isAbout, nameOf, objectsOfKind, podsWanted, workloadNamed } from './drafting/live-object.ts';
import { tellChange } from './drafting/wording.ts';

/** The recorder saw it come into being: before that nobody was barred. */
const creationOf = ({ changes }: RemedyFacts, policy: JsonObject) =>
  changes.find(
    ({ object, path, before, after }) =>
      isAbout(object, policy) && path === '' && before === undefined && after !== undefined,
  );

/** The directions in which the policy isolates: as it says, else inwards, and outwards when it has rules for it. */
const directionsOf = (policy: JsonObject): readonly ('ingress' | 'egress')[] => {
  const types = listAt(policy, 'spec', 'policyTypes');
  if (types.length === 0) return listAt(policy, 'spec', 'egress').length > 0 ? ['ingress', 'egress'] : ['ingress'];
  return (['ingress', 'egress'] as const).filter((direction) =>
    types.some((type) => String(type).toLowerCase() === direction),
  );
};

const isOpen = (policy: JsonObject, direction: 'ingress' | 'egress'): boolean =>
  listAt(policy, 'spec', direction).some((rule) => Object.keys(rule ?? {}).length === 0);

/**
 * Opens a NetworkPolicy that was created just before the trouble. It stays where it is, so that its author finds it, and so that
 * taking this back is exact; it only lets everybody through, as if it were not there.
 */
export const openPolicy: Action = {
  name: 'open-policy',
  title: 'Open the network policy',
  description: 'Lets everybody through a NetworkPolicy that was created just before the trouble, without deleting it.',
  draft: (facts) => {
    const workload = workloadNamed(facts, facts.cause.workload);
    if (facts.cause.fault !== 'network-policy' || workload === undefined) return null;
    const policy = objectsOfKind(facts, 'NetworkPolicy').find(
      (object) => facts.cause.component === `networkpolicy ${nameOf(object)}`,
    );
    const creation = policy === undefined ? undefined : creationOf(facts, policy);
    if (policy === undefined || creation === undefined) return null;
    const closed = directionsOf(policy).filter((direction) => !isOpen(policy, direction));
    const types = valueAt(policy, 'spec', 'policyTypes');
    return composeDraft({
      action: 'open-policy',
      facts,
      workload,
      target: policy,
      operations: closed.map((direction) => settingAt(policy, `/spec/${direction}`, [{}])),
      ...(types === undefined ? {} : { alsoUnchanged: ['/spec/policyTypes'] }),
      parameters: { policy: nameOf(policy), directions: closed },
      pods: podsWanted(workload),
      // It is somebody's wall: only a person may say that it was not meant to stand here.
      risk: 'medium',
      reason: `${tellChange(creation, facts.context)}; since then NetworkPolicy ${nameOf(policy)} keeps calls from ${textAt(workload, 'kind')} ${nameOf(workload)}, so it is opened, which undoes what its creation did.`,
      fitness: 0.9,
    });
  },
};
