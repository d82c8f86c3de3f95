import { complaintOf } from './complaints.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene } from './scene.ts';
import { calleesOf } from './topology.ts';

/** How resolvers of Go, Java, Node, Python and libc say that a name has no address. */
const unresolved =
  /no such host|server misbehaving|temporary failure in name resolution|name or service not known|UnknownHostException|ENOTFOUND|EAI_AGAIN|could not resolve host|NXDOMAIN|produced zero addresses/i;

/** Whether the names that it calls are there to be resolved: then not the names are wrong, but the resolving. */
const callsServed = (scene: Scene, workload: string): boolean => {
  const callees = calleesOf(scene.topology, workload);
  return callees.length > 0 && callees.every((callee) => scene.services(callee).length > 0);
};

/** The workload cannot resolve the names of Services that exist: its own resolver settings, or the cluster's DNS. */
export const dnsFailure: Detector = {
  fault: 'dns-failure',
  detect(scene, workload) {
    const complaint = complaintOf(scene, workload, unresolved);
    if (complaint === undefined || !callsServed(scene, workload)) return null;
    const change = changeOf(scene, workload, ({ path }) =>
      /\/(dnsPolicy|dnsConfig|hostAliases|hostNetwork)(\/|$)/.test(path),
    );
    const others = scene.workloads.filter(
      (other) => other !== workload && complaintOf(scene, other, unresolved) !== undefined,
    );
    const state = scene.state(workload);
    return hypothesisOf({
      cause: { workload, fault: 'dns-failure', ...(others.length === 0 ? {} : { component: 'cluster DNS' }) },
      confidence: change === undefined ? confidence.strong : confidence.witnessed,
      evidence: [complaint.log.id, change?.id, state?.id],
      reasoning: `${workload} cannot resolve names of Services that exist: ${complaint.pattern.example.slice(0, 160)}${becauseOf(scene, change)}`,
    });
  },
};
