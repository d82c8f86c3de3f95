import type { PodView } from './cluster-view.ts';
import { commandFate } from './commands.ts';
import { listenPortOf, protocolOf } from './listening.ts';
import type { ProbeAnswer, ProbeAsked } from './world.ts';

/** The pages that the shop's front end has; all others are 404. */
const frontendPages =
  /^\/(_healthz|robots\.txt|cart(\/.*)?|product\/.*|static\/.*|setCurrency|logout|assistant)?(\?.*)?$/;

const answered: ProbeAnswer = { kind: 'answered' };

/** Files are not part of the laboratory: who probes for one finds none. */
const fileTools: readonly string[] = ['cat', 'ls', 'test', '['];

const execAnswer = (image: string, command: readonly string[]): ProbeAnswer => {
  const [program = '', ...operands] = command;
  const fate = commandFate({ image, command });
  if (fate?.kind === 'cannot-start') {
    const words = `OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown`;
    return { kind: 'failed', words };
  }
  const name = program.split('/').at(-1) ?? '';
  if (fileTools.includes(name)) {
    return { kind: 'failed', words: `${name}: ${operands.at(-1) ?? ''}: No such file or directory` };
  }
  return fate?.kind === 'exits' && fate.exitCode !== 0 ? { kind: 'failed', words: '' } : answered;
};

const portNumber = (pod: PodView, port: number | string): number =>
  typeof port === 'number' ? port : (pod.ports.find(({ name }) => name === port)?.port ?? 0);

const httpAnswer = (pod: PodView, path: string): ProbeAnswer => {
  if (protocolOf(pod.workload) !== 'http') return { kind: 'garbled' };
  return pod.workload !== 'frontend' || frontendPages.test(path) ? answered : { kind: 'status', code: 404 };
};

/** What an application of the shop answers to a probe: nobody listens, somebody who speaks another protocol, or itself. */
export const answerProbe = (pod: PodView, image: string, asked: ProbeAsked): ProbeAnswer => {
  const { httpGet, tcpSocket, grpc, exec } = asked;
  if (exec !== undefined) return execAnswer(image, exec.command ?? []);
  const port = httpGet?.port ?? tcpSocket?.port ?? grpc?.port;
  if (port === undefined) return answered;
  const own = listenPortOf(pod);
  if (own !== null && portNumber(pod, port) !== own) return { kind: 'refused' };
  if (httpGet !== undefined) return httpAnswer(pod, httpGet.path ?? '/');
  return grpc !== undefined && protocolOf(pod.workload) !== 'grpc' ? { kind: 'garbled' } : answered;
};
