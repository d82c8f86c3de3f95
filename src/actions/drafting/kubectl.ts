import type { Json } from '../../domain/json.ts';
import type { ObjectRef } from '../../domain/workload.ts';

/** One word for a POSIX shell: plain words stay readable, all others are quoted so that nothing in them is ever run. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A kubectl command in a namespace, each word quoted as it needs. */
export const kubectl = (namespace: string, ...words: readonly string[]): string =>
  ['kubectl', '-n', namespace, ...words].map(shellWord).join(' ');

/** A kubectl command about the cluster itself. */
export const kubectlClusterWide = (...words: readonly string[]): string =>
  ['kubectl', ...words].map(shellWord).join(' ');

/** `deployment/cart`, as kubectl takes it. */
export const kubectlName = (ref: ObjectRef): string => `${ref.kind.toLowerCase()}/${ref.name}`;

/** The command that sends a JSON patch. */
export const kubectlPatch = (target: ObjectRef, operations: readonly Json[]): string =>
  kubectl(target.namespace ?? 'default', 'patch', kubectlName(target), '--type=json', '-p', JSON.stringify(operations));
