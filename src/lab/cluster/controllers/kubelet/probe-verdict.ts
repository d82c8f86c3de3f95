import type { ContainerSpec, Probe } from '../shapes.ts';

const portOf = (probe: Probe, container: ContainerSpec): number | undefined => {
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port;
  if (typeof port !== 'string') return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? Number.NaN;
};

/** Whether a probe asks at a port that the container says it does not serve. A container without declared ports may serve any. */
export const isAtWrongPort = (probe: Probe | undefined, container: ContainerSpec): boolean => {
  const declared = container.ports ?? [];
  const port = probe === undefined ? undefined : portOf(probe, container);
  if (port === undefined || (declared.length === 0 && !Number.isNaN(port))) return false;
  return !declared.some(({ containerPort }) => containerPort === port);
};

/** What a failing probe reports, in the kubelet's words: nobody listens there, or somebody does and is unwell. */
export const probeFailure = (probe: Probe, container: ContainerSpec, ip: string): string => {
  const isRefused = isAtWrongPort(probe, container);
  const port = portOf(probe, container);
  const address = `${ip}:${port === undefined || Number.isNaN(port) ? 0 : port}`;
  if (probe.httpGet !== undefined) {
    const url = `http://${address}${probe.httpGet.path ?? '/'}`;
    return isRefused
      ? `Get "${url}": dial tcp ${address}: connect: connection refused`
      : 'HTTP probe failed with statuscode: 503';
  }
  if (probe.grpc !== undefined) {
    return isRefused
      ? `timeout: failed to connect service "${address}" within ${probe.timeoutSeconds ?? 1}s: context deadline exceeded`
      : 'service unhealthy (responded with "NOT_SERVING")';
  }
  return probe.tcpSocket === undefined ? 'command exited with 1' : `dial tcp ${address}: connect: connection refused`;
};
