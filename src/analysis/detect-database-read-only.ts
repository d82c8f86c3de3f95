import { complaintOf, namesStore } from './complaints.ts';
import { confidence } from './confidence.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene } from './scene.ts';
import { calleesOf, callersOf } from './topology.ts';

/** How MySQL, PostgreSQL, Redis and MongoDB refuse a write because they only read. */
const readOnly =
  /--read-only option|super-read-only|read[- ]only (replica|transaction|mode)|READONLY You can't write|not (primary|master)\b.*write|NotWritablePrimary|database is read[- ]only/i;

/** Who may speak of this store: itself and its clients when its name tells that it is one, else a client that calls nobody else. */
const witnesses = (scene: Scene, workload: string): readonly string[] => {
  const clients = callersOf(scene.topology, workload);
  if (namesStore(workload)) return [workload, ...clients];
  return clients.filter((client) => calleesOf(scene.topology, client).length === 1);
};

/** The data store answers reads and refuses writes: its clients say so, or it does. */
export const databaseReadOnly: Detector = {
  fault: 'database-read-only',
  detect(scene, workload) {
    const heard = witnesses(scene, workload).flatMap((name) => complaintOf(scene, name, readOnly) ?? []);
    const [first] = heard;
    if (first === undefined) return null;
    return hypothesisOf({
      cause: { workload, fault: 'database-read-only' },
      confidence: heard.length > 1 ? confidence.corroborated : confidence.strong,
      evidence: heard.map(({ log }) => log.id),
      reasoning: `${workload} refuses writes: ${first.pattern.example.slice(0, 160)}.`,
    });
  },
};
