import type { CaseFile } from '../domain/case-file.ts';
import { writerInWords } from '../domain/change-words.ts';
import type { FieldChange } from '../domain/evidence.ts';
import { holdsHidden } from '../domain/hidden-value.ts';
import { shortName } from '../domain/workload.ts';
import { botManager } from './scene.ts';

/** What a person has to do where the bot never writes, by kind. `{n}` stands for the object as kubectl names it, `{f}` for the field. */
const byKind: Readonly<Record<string, string>> = {
  Secret:
    'the bot keeps no value of a Secret: put the former one back from where it is kept, and restart what reads it (kubectl -n {ns} rollout restart)',
  PersistentVolumeClaim:
    'the bot writes no claim, because data hangs on it: compare {n} with its manifest, and see to the data before it is made anew',
  Node: 'the bot undoes nothing of a node but a cordon: look at it with kubectl describe {n}, and put {f} back when the work on it is done',
  Ingress: 'routes are left to people: put {f} back with kubectl -n {ns} edit {n}',
  HTTPRoute: 'routes are left to people: put {f} back with kubectl -n {ns} edit {n}',
  GRPCRoute: 'routes are left to people: put {f} back with kubectl -n {ns} edit {n}',
  AuthorizationPolicy:
    'who may call whom in the mesh is for people to say: look at {n} with kubectl -n {ns} describe {n}',
  PeerAuthentication:
    'who may call whom in the mesh is for people to say: look at {n} with kubectl -n {ns} describe {n}',
  Server: 'who may call whom in the mesh is for people to say: look at {n} with kubectl -n {ns} describe {n}',
};

const deleted = 'the bot creates nothing: apply the manifest of {n} again';
const hidden = 'the bot does not know the value that was hidden: put {f} of {n} back by hand, from where it is kept';

const adviceFor = ({ object, path, before, after }: FieldChange): string | undefined => {
  if (path === '' && after === undefined) return deleted;
  return byKind[object.kind] ?? (holdsHidden(before) || holdsHidden(after) ? hidden : undefined);
};

const deed = ({ path, after }: FieldChange): string => {
  if (path !== '') return `changed ${path} of`;
  return after === undefined ? 'deleted' : 'created';
};

/** So many sentences: more would bury the first. */
const advicesMax = 2;

const citedChanges = ({ context, verdict }: CaseFile): readonly FieldChange[] => {
  const cited = new Set(verdict?.evidence ?? []);
  return (context?.evidence ?? [])
    .filter(({ id }) => cited.has(id))
    .flatMap(({ data }) => (data?.kind === 'change' ? data.changes : []))
    .filter(({ manager }) => manager !== botManager);
};

/**
 * What a person should do about the changes that the verdict cites and that the bot does not undo: one sentence for each object.
 * Empty when there is none.
 */
export const adviceByHand = (file: CaseFile): readonly string[] => {
  const told = new Map<string, string>();
  for (const change of citedChanges(file)) {
    const advice = adviceFor(change);
    const name = shortName(change.object);
    if (advice === undefined || told.has(name)) continue;
    const how = advice
      .replaceAll('{ns}', file.incident.namespace)
      .replaceAll('{n}', name)
      .replaceAll('{f}', () => (change.path === '' ? 'it' : change.path));
    told.set(name, `${writerInWords(change)} ${deed(change)} ${name} at ${change.at}; ${how}.`);
  }
  return [...told.values()].slice(0, advicesMax);
};
