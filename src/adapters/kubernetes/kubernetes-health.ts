import { textAt } from '../../domain/json-read.ts';
import type { ApiServer } from './api-server.ts';
import type { FlightRecorder } from './flight-recorder.ts';
import { serverMessage } from './server-message.ts';

/** How the way to the API server is. `version` is the server's own word; `blind` names what the flight recorder cannot see. */
export interface KubernetesHealth {
  readonly reachable: boolean;
  readonly version?: string;
  readonly reason?: string;
  readonly blind: readonly string[];
}

/** Asks the server for its version. Never throws. */
export const readHealth = async (server: ApiServer, recorder: FlightRecorder): Promise<KubernetesHealth> => {
  const reply = await server.connection.send({ path: '/version' });
  const blind = recorder.troubles();
  if (reply.kind === 'silence') return { reachable: false, reason: reply.reason, blind };
  if (reply.status !== 200) return { reachable: false, reason: serverMessage(reply), blind };
  return { reachable: true, version: textAt(reply.body, 'gitVersion'), blind };
};
