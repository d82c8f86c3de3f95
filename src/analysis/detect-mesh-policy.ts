import type { MeshPolicyData } from '../domain/surroundings.ts';
import { complaintOf } from './complaints.ts';
import { confidence } from './confidence.ts';
import { becauseOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Reading, Scene, Seen } from './scene.ts';
import { sufferingCallers } from './suffering.ts';
import { callersOf } from './topology.ts';

/** How the proxies of Istio and Linkerd refuse, and how clients of HTTP and gRPC repeat it. */
const refused =
  /RBAC: access denied|rbac_access_denied|unauthorized (?:connection|request)|PermissionDenied|PERMISSION_DENIED|\b403\b.*forbidden|connection (?:reset|closed).*(?:tls|handshake)|not authorized to (?:access|call)/i;

const isYoung = (scene: Scene, { createdAt }: MeshPolicyData): boolean =>
  createdAt !== undefined && createdAt >= scene.context.baseline.to;

const changeOfPolicy = (scene: Scene, { policy }: MeshPolicyData) => scene.changesOf(policy.kind, policy.name)[0];

const newestFirst = (left: Seen<MeshPolicyData>, right: Seen<MeshPolicyData>): number =>
  (left.data.createdAt ?? '') < (right.data.createdAt ?? '') ? 1 : -1;

/** What the callers, or the workload's own proxy, say of a refusal. */
const complaints = (scene: Scene, workload: string): readonly string[] =>
  [workload, ...callersOf(scene.topology, workload)].flatMap((name) => {
    const complaint = complaintOf(scene, name, refused);
    return complaint === undefined ? [] : [complaint.log.id];
  });

const sureness = (
  signs: { readonly changed: boolean; readonly young: boolean; readonly told: boolean },
  harm: readonly Reading[],
  { effect }: MeshPolicyData,
): number | null => {
  const { changed, young, told } = signs;
  if (harm.length === 0 && !told) return changed || young ? confidence.hint : null;
  if (changed) return confidence.witnessed;
  if (young || told) return confidence.proven;
  // Nobody may call, and those who call fail. A policy that lets some in has stood before the trouble, too.
  return effect === 'denies-all' ? confidence.strong : null;
};

const effects = {
  'denies-all': 'lets nobody call',
  'denies-some': 'refuses calls of',
  'admits-some': 'lets only some call',
  'demands-mtls': 'lets only callers of the mesh call',
} as const;

/** The mesh refuses calls to the workload: a policy that keeps callers out, and callers that are missed or complain. */
export const meshPolicy: Detector = {
  fault: 'mesh-policy',
  detect(scene, workload) {
    const policies = scene.meshPolicies(workload).toSorted(newestFirst);
    const changed = policies.find(({ data }) => changeOfPolicy(scene, data) !== undefined);
    const young = policies.find(({ data }) => isYoung(scene, data));
    const blamed = changed ?? young ?? policies.find(({ data }) => data.effect === 'denies-all') ?? policies[0];
    if (blamed === undefined) return null;
    const change = changeOfPolicy(scene, blamed.data);
    const told = complaints(scene, workload);
    const harm = sufferingCallers(scene, workload);
    const signs = { changed: change !== undefined, young: blamed === young, told: told.length > 0 };
    const sure = sureness(signs, harm, blamed.data);
    if (sure === null) return null;
    const { kind, name } = blamed.data.policy;
    return hypothesisOf({
      cause: { workload, fault: 'mesh-policy', component: `${kind.toLowerCase()} ${name}` },
      confidence: sure,
      evidence: [blamed.id, change?.id, ...told, ...harm.map(({ id }) => id)],
      reasoning: `${kind} ${name} ${effects[blamed.data.effect]} ${workload}${told.length === 0 ? '' : ', and calls are refused'}${becauseOf(scene, change)}`,
    });
  },
};
