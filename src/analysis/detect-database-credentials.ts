import { type Complaint, complaintOf, namesStore } from './complaints.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene } from './scene.ts';
import { calleesOf, callersOf } from './topology.ts';

/** How MySQL, PostgreSQL, Redis, MongoDB and their drivers refuse a user. */
const refused =
  /access denied for user|password authentication failed|authentication failed|WRONGPASS|NOAUTH|invalid (username|user name|password|credentials)|role "[^"]*" does not exist|not authorized on|SQLSTATE 28|SCRAM.*fail/i;

const storesOf = (scene: Scene, workload: string): readonly string[] =>
  calleesOf(scene.topology, workload).filter(namesStore);

const isRefused = (scene: Scene, workload: string): Complaint | undefined => complaintOf(scene, workload, refused);

/** One client that is refused has wrong credentials; when all clients of a store are, the store changed its own. */
const isTheStore = (scene: Scene, store: string): boolean => {
  const clients = callersOf(scene.topology, store);
  return clients.length > 1 && clients.every((client) => isRefused(scene, client) !== undefined);
};

const credentialFields = /\/(env|envFrom|volumes)(\/|$)|^\/data(\/|$)/;

/** The data store rejects the user name or password that its client uses. */
export const databaseCredentials: Detector = {
  fault: 'database-credentials',
  detect(scene, workload) {
    const store = storesOf(scene, workload).find((name) => isTheStore(scene, name));
    if (store !== undefined) return null;
    const complaint = isRefused(scene, workload);
    const clients = callersOf(scene.topology, workload);
    const accused = namesStore(workload) && isTheStore(scene, workload);
    if (complaint === undefined && !accused) return null;
    const heard = accused ? clients.flatMap((client) => isRefused(scene, client)?.log.id ?? []) : [];
    const change = changeOf(scene, workload, ({ path }) => credentialFields.test(path));
    const down = scene.state(workload);
    const words = complaint?.pattern.example ?? 'all of its clients are refused';
    return hypothesisOf({
      cause: { workload, fault: 'database-credentials' },
      confidence: change === undefined ? confidence.corroborated : confidence.witnessed,
      evidence: [complaint?.log.id, ...heard, change?.id, down?.id],
      reasoning: `${workload} ${accused ? 'refuses its clients' : 'is refused by its data store'}: ${words.slice(0, 160)}${becauseOf(scene, change)}`,
    });
  },
};
