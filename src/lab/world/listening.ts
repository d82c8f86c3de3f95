import type { PodView } from './cluster-view.ts';
import { profiles } from './profiles.ts';

/** The protocol that an application of the shop speaks; a stranger is taken for an HTTP server. */
export const protocolOf = (workload: string): 'http' | 'grpc' | 'redis' => {
  const callers = Object.values(profiles).map(({ dependencies }) => dependencies[workload]);
  return callers.find((dependency) => dependency !== undefined)?.protocol ?? 'http';
};

/**
 * The port that the process really listens on: what its environment says, else its default. What the container declares is only a
 * note for people; a stranger is believed to listen where it says. Null when nobody knows.
 */
export const listenPortOf = (pod: PodView): number | null => {
  const profile = profiles[pod.workload];
  const told = profile?.portEnv == null ? undefined : pod.env[profile.portEnv];
  if (told !== undefined && told !== '') return Number(told);
  return profile?.port ?? null;
};

/** Whether a connection to a Service's target finds the process. A named target is a declared port of the container. */
export const listensAt = (pod: PodView, target: unknown): boolean => {
  const number = typeof target === 'number' ? target : pod.ports.find(({ name }) => name === target)?.port;
  if (number === undefined) return false;
  const own = listenPortOf(pod);
  if (own !== null) return number === own;
  return pod.ports.length === 0 || pod.ports.some(({ port }) => port === number);
};
