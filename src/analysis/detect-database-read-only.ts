import { complaintOf, namesStore } from './complaints.ts';
import { confidence } from './confidence.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { callersOf } from './topology.ts';

/** How MySQL, PostgreSQL, Redis and MongoDB refuse a write because they only read. */
const readOnly =
  /--read-only option|super-read-only|read[- ]only (replica|transaction|mode)|READONLY You can't write|not (primary|master)\b.*write|NotWritablePrimary|database is read[- ]only/i;

/** The data store answers reads and refuses writes: its clients say so, or it does. */
export const databaseReadOnly: Detector = {
  fault: 'database-read-only',
  detect(scene, workload) {
    if (!namesStore(workload)) return null;
    const heard = [workload, ...callersOf(scene.topology, workload)].flatMap(
      (name) => complaintOf(scene, name, readOnly) ?? [],
    );
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
