import { BotError } from '../../domain/bot-error.ts';
import type { JsonObject } from '../../domain/json.ts';
import { objectAt, textAt, textsAt } from '../../domain/json-read.ts';
import { limits } from '../../limits.ts';
import type { Chaos, ChaosFault } from '../../ports/chaos.ts';
import type { ApiServer } from './api-server.ts';
import { serverMessage } from './server-message.ts';

const noteKey = 'sre.ai4all.dev/incident-note';
const descriptionKey = 'sre.ai4all.dev/description';

const nameOf = (experiment: JsonObject): string => textAt(experiment, 'metadata', 'name');

/** The workload that an experiment aims at: the value of the label that it selects pods by. */
const aimOf = (experiment: JsonObject): string => {
  const labels = textsAt(experiment, 'spec', 'selector', 'labelSelectors');
  return labels.app ?? labels['app.kubernetes.io/name'] ?? Object.values(labels)[0] ?? 'unknown';
};

const faultOf = (experiment: JsonObject): ChaosFault => {
  const action = textAt(experiment, 'spec', 'action');
  const what = action === '' ? textAt(experiment, 'kind') : `${textAt(experiment, 'kind')} ${action}`;
  const described = textAt(experiment, 'metadata', 'annotations', descriptionKey);
  return {
    name: nameOf(experiment),
    description: described === '' ? `${what} on ${aimOf(experiment)}` : described,
    workload: aimOf(experiment),
  };
};

/** The experiment as it is sent: a name of its own for each start, and the note that says on whose word. */
const started = (experiment: JsonObject, note: string): JsonObject => {
  const { name: _template, ...metadata } = objectAt(experiment, 'metadata');
  const annotations = { ...objectAt(metadata, 'annotations'), [noteKey]: note.slice(0, limits.observationCharsMax) };
  return { ...experiment, metadata: { ...metadata, generateName: `${nameOf(experiment)}-`, annotations } };
};

/** Injects Chaos Mesh experiments (objects of chaos-mesh.org/v1alpha1); each start creates a new object from its template. */
export const createChaosMesh = (server: ApiServer, experiments: readonly JsonObject[]): Chaos => {
  const pathFor = async (experiment: JsonObject): Promise<string> => {
    const [apiVersion, kind] = [textAt(experiment, 'apiVersion'), textAt(experiment, 'kind')];
    const path = await server.paths.of({ apiVersion, kind, namespace: textAt(experiment, 'metadata', 'namespace') });
    if (path !== null) return path;
    throw new BotError(
      'chaos_mesh_missing',
      `The cluster has no ${kind} of ${apiVersion}: install Chaos Mesh (helm install chaos-mesh chaos-mesh/chaos-mesh -n chaos-mesh) first.`,
    );
  };

  return {
    label: 'Chaos Mesh',
    faults: async () => experiments.map(faultOf),
    inject: async (name, incidentNote) => {
      const experiment = experiments.find((candidate) => nameOf(candidate) === name);
      if (experiment === undefined) {
        throw new BotError('unknown_fault', `There is no fault "${name}": ${experiments.map(nameOf).join(', ')}.`);
      }
      const reply = await server.connection.send({
        method: 'POST',
        path: await pathFor(experiment),
        query: { fieldManager: 'ai4all-sre' },
        headers: { 'Content-Type': 'application/json' },
        body: started(experiment, incidentNote),
        timeoutMs: limits.writeMsMax,
      });
      if (reply.kind === 'silence') {
        throw new BotError('no_answer', `Chaos Mesh was asked, but ${reply.reason}.`, { retryable: true });
      }
      if (reply.status !== 201) throw new BotError('chaos_refused', `The fault was refused: ${serverMessage(reply)}.`);
      const { description } = faultOf(experiment);
      return `${description}: started as ${textAt(reply.body, 'metadata', 'name')}.`;
    },
  };
};
