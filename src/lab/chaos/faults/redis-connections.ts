import { redisWorkload } from '../../world/connections.ts';
import { effectWound } from '../effect-wound.ts';
import type { FaultKind } from '../fault.ts';
import { needPodUids } from '../objects.ts';

/** All leaking pods together: fills what Redis admits in about a dozen seconds, from a quiet start. */
const connectionsPerSecond = 16;

/**
 * A leak in the cart service's pods. The trouble sits at Redis, which refuses new clients; the cure is to restart the
 * clients, whose connections end with them. A restart of Redis alone frees the connections, and the leak takes them again.
 */
export const redisConnections: FaultKind = {
  name: 'redis-connections',
  description: 'Leaks Redis connections in the cart service until Redis refuses new clients.',
  defaultWorkload: 'cartservice',
  workloads: ['cartservice'],
  truth: () => ({ workload: redisWorkload, fault: 'redis-connections' }),
  remedies: (workload) => [`restart-workload:${workload}`],
  witnesses: (workload) => [workload, redisWorkload, 'frontend'],
  strike: (room, workload) => {
    const podUids = needPodUids(room, workload);
    const perSecond = connectionsPerSecond / podUids.length;
    const done = `${podUids.length} pod(s) of ${workload} leak connections to ${redisWorkload}.`;
    return effectWound(room, { kind: 'connection-leak', podUids, peer: redisWorkload, perSecond }, done);
  },
};
