import { callersOf } from '../world/cluster-view.ts';
import { redisWorkload } from '../world/connections.ts';
import { profileOf, profiles } from '../world/profiles.ts';

const all = Object.keys(profiles);

/** Workloads that others call: everything but the load generator. */
export const calledWorkloads: readonly string[] = all.filter((workload) => callersOf(workload).length > 0);

/** Those of them with an image of Online Boutique. */
export const calledApplications: readonly string[] = calledWorkloads.filter((workload) => workload !== redisWorkload);

/** Applications that read a setting at start which can be broken. */
export const configurableApplications: readonly string[] = calledApplications.filter((workload) => {
  const { dependencies, portEnv } = profileOf(workload);
  return portEnv !== null || Object.keys(dependencies).length > 0;
});

/** Applications whose callers would wait out a delay; nobody waits for an advertisement, and the mesh does not measure Redis. */
export const delayableApplications: readonly string[] = calledApplications.filter(
  (workload) => workload !== 'adservice',
);
