import type { ProbeAnswer } from '../../../world/world.ts';
import type { ContainerSpec, Probe } from '../shapes.ts';

const portOf = (probe: Probe, container: ContainerSpec): number | undefined => {
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port;
  if (typeof port !== 'string') return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? Number.NaN;
};

/** What a probe finds where nobody knows the application: a container without declared ports may serve any. */
export const answerBySpec = (probe: Probe, container: ContainerSpec): ProbeAnswer => {
  const declared = container.ports ?? [];
  const port = portOf(probe, container);
  if (port === undefined || (declared.length === 0 && !Number.isNaN(port))) return { kind: 'answered' };
  return declared.some(({ containerPort }) => containerPort === port) ? { kind: 'answered' } : { kind: 'refused' };
};

/** Where and how a probe asks. */
interface Question {
  readonly probe: Probe;
  readonly container: ContainerSpec;
  readonly ip: string;
}

const httpWords = ({ probe }: Question, address: string, answer: ProbeAnswer): string => {
  const url = `http://${address}${probe.httpGet?.path ?? '/'}`;
  switch (answer.kind) {
    case 'refused':
      return `Get "${url}": dial tcp ${address}: connect: connection refused`;
    case 'garbled':
      return `Get "${url}": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x00\\x00\\x06\\x04\\x00\\x00\\x00\\x00\\x00\\x00\\x05\\x00\\x00@\\x00"`;
    case 'status':
      return `HTTP probe failed with statuscode: ${answer.code}`;
    case 'failed':
    case 'answered':
      return 'HTTP probe failed with statuscode: 503';
  }
};

const grpcWords = ({ probe }: Question, address: string, answer: ProbeAnswer): string =>
  answer.kind === 'answered'
    ? 'service unhealthy (responded with "NOT_SERVING")'
    : `timeout: failed to connect service "${address}" within ${probe.timeoutSeconds ?? 1}s: context deadline exceeded`;

/** What a failing probe reports, in the kubelet's words; `answered` means that the application itself says that it is unwell. */
export const probeFailure = (question: Question, answer: ProbeAnswer): string => {
  const { probe, container, ip } = question;
  if (answer.kind === 'failed') return answer.words;
  const port = portOf(probe, container);
  const address = `${ip}:${port === undefined || Number.isNaN(port) ? 0 : port}`;
  if (probe.httpGet !== undefined) return httpWords(question, address, answer);
  if (probe.grpc !== undefined) return grpcWords(question, address, answer);
  return probe.tcpSocket === undefined ? 'command exited with 1' : `dial tcp ${address}: connect: connection refused`;
};
