import type { Json, JsonObject } from '../domain/json.ts';
import { pointerOf } from '../domain/json-pointer.ts';
import { listAt, textAt, valueAt } from '../domain/json-read.ts';
import { cpuQuantity, memoryQuantity, parseQuantity } from '../domain/quantity.ts';
import { limits } from '../limits.ts';
import type { Action, RemedyFacts } from '../ports/action.ts';
import { composeDraft, rolloutRisk } from './drafting/compose-draft.ts';
import { kubectl, kubectlName } from './drafting/kubectl.ts';
import { nameOf, podsWanted, refOf, replicaSetsOf, workloadNamed } from './drafting/live-object.ts';
import { newestChange } from './drafting/suspect-change.ts';
import { cite } from './drafting/wording.ts';

/** What a resource is called where: in specs, in the evidence, and as a quantity. */
interface Resource {
  readonly name: 'memory' | 'cpu';
  readonly signal: 'memory_working_set' | 'cpu_usage';
  /** What was seen, times this, leaves room to breathe. */
  readonly headroom: number;
  readonly write: (amount: number) => string;
  readonly fitness: number;
}

const resources: Readonly<Record<string, Resource>> = {
  'memory-limit': { name: 'memory', signal: 'memory_working_set', headroom: 1.5, write: memoryQuantity, fitness: 0.75 },
  'cpu-saturation': { name: 'cpu', signal: 'cpu_usage', headroom: 1.5, write: cpuQuantity, fitness: 0.5 },
};

const containersOf = (workload: Json | undefined): readonly Json[] =>
  listAt(workload, 'spec', 'template', 'spec', 'containers');

const limitOf = (container: Json | undefined, resource: Resource): number | undefined =>
  parseQuantity(valueAt(container, 'resources', 'limits', resource.name));

const killedContainer = ({ context, cause }: RemedyFacts): string | undefined =>
  context.evidence
    .flatMap(({ data }) => (data?.kind === 'workload' && data.workload.name === cause.workload ? data.pods : []))
    .flatMap(({ containers }) => containers)
    .find(({ reason, lastTermination }) => reason === 'OOMKilled' || lastTermination?.reason === 'OOMKilled')?.name;

/** The container that is short: the one that the cause names, the one that was killed, else the only one that has a limit. */
const shortContainer = (facts: RemedyFacts, workload: JsonObject, resource: Resource): number => {
  const containers = containersOf(workload);
  const named = (facts.cause.component ?? '').split(/\s+/).at(-1);
  const wanted = [named, killedContainer(facts)];
  const byName = containers.findIndex((container) => wanted.includes(textAt(container, 'name')));
  return byName >= 0 ? byName : containers.findIndex((container) => limitOf(container, resource) !== undefined);
};

/** The limit that the container had before it was lowered, from the recorder or from an earlier revision. */
const formerLimit = (facts: RemedyFacts, workload: JsonObject, at: { index: number; resource: Resource }) => {
  const { index, resource } = at;
  const container = containersOf(workload)[index];
  const path = pointerOf('spec', 'template', 'spec', 'containers', index, 'resources', 'limits', resource.name);
  const recorded = parseQuantity(newestChange(facts, workload, (change) => change.path === path)?.before);
  const revisions = replicaSetsOf(facts, workload).map((replicaSet) =>
    limitOf(
      containersOf(replicaSet).find((entry) => textAt(entry, 'name') === textAt(container, 'name')),
      resource,
    ),
  );
  const now = limitOf(container, resource) ?? 0;
  return [recorded, ...revisions].find((limit) => limit !== undefined && limit > now);
};

const mostSeen = ({ context, cause }: RemedyFacts, { signal }: Resource): number =>
  context.evidence
    .flatMap(({ data }) =>
      data?.kind === 'metric' && data.signal === signal && data.workload === cause.workload ? data.points : [],
    )
    .reduce((most, [, value]) => Math.max(most, value), 0);

/** Raises the limit of the container that is short of memory or CPU. */
export const setResources: Action = {
  name: 'set-resources',
  title: 'Raise the limit',
  description: 'Raises the memory or CPU limit of a container to its last good value, or to what it was seen to need.',
  draft: (facts) => {
    const resource = resources[facts.cause.fault];
    const workload = workloadNamed(facts, facts.cause.workload);
    if (resource === undefined || workload === undefined) return null;
    const index = shortContainer(facts, workload, resource);
    const container = containersOf(workload)[index];
    const now = limitOf(container, resource);
    if (now === undefined || now <= 0) return null;
    const former = formerLimit(facts, workload, { index, resource });
    // A killed container was never seen to use more than its limit: what it was seen to use is the least that it needs.
    const needed = former ?? Math.max(mostSeen(facts, resource) * resource.headroom, now * 2);
    const limit = resource.write(Math.min(needed, now * limits.resourceFactorMax));
    const name = textAt(container, 'name');
    const before = textAt(container, 'resources', 'limits', resource.name);
    const ref = refOf(workload);
    const cited = cite(
      facts.context,
      ({ data }) => data?.kind === 'metric' && data.signal === resource.signal && data.workload === nameOf(workload),
    );
    const because =
      former === undefined ? 'twice as much, or what it was seen to need with room to breathe' : 'its last good value';
    return composeDraft({
      action: 'set-resources',
      facts,
      workload,
      target: workload,
      operations: [
        {
          op: 'replace',
          path: pointerOf('spec', 'template', 'spec', 'containers', index, 'resources', 'limits', resource.name),
          value: limit,
        },
      ],
      alsoUnchanged: [pointerOf('spec', 'template', 'spec', 'containers', index, 'name')],
      parameters: { container: name, resource: resource.name, limit, limitBefore: before },
      pods: podsWanted(workload),
      risk: rolloutRisk(workload),
      reason: `Container ${name} of ${ref.kind} ${ref.name} may use ${before} of ${resource.name}, which is too little${cited}; ${limit} is ${because}.`,
      fitness: former === undefined ? resource.fitness : resource.fitness + 0.1,
      kubectl: kubectl(
        facts.namespace,
        'set',
        'resources',
        kubectlName(ref),
        `--containers=${name}`,
        `--limits=${resource.name}=${limit}`,
      ),
    });
  },
};
