import { hostname } from 'node:os';
import type { Ownership } from '../../../ports/ownership.ts';
import { createApiServer } from '../api-server.ts';
import { createLeaseClient } from './lease-client.ts';
import { leaseTimes } from './lease-times.ts';
import { createLeaseOwnership } from './ownership.ts';
import { pathsIn } from './store-names.ts';
import type { KubernetesStoresOptions } from './store-options.ts';

/** Ownership with a way to the API server of its own: a renewal never waits behind a long list. */
export const openOwnership = (options: KubernetesStoresOptions, catchUp: () => Promise<void>): Ownership => {
  const { namespace, leaseMs, log, clock, ids, steadyMs = () => performance.now() } = options;
  const client = createLeaseClient({
    connection: createApiServer(options).connection,
    path: pathsIn(namespace).leases,
    requestMsMax: leaseTimes(leaseMs).requestMsMax,
  });
  // A pod that starts anew keeps its name, and must not take its earlier life's leases for its own.
  const identity = `${hostname().toLowerCase().slice(0, 60)}-${ids.uid()}`;
  const clocks = { steadyMs, wallMs: clock.nowMs };
  return createLeaseOwnership({ client, namespace, identity, leaseMs, clocks, catchUp, log });
};
