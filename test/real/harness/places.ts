import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where binaries are kept from one start to the next; nothing of it is ever in the repository. */
export const cacheFolder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ai4all-sre', 'real');

/** Everything of the one running cluster: data, logs, keys, kubeconfigs. Gone after `real:down`. */
export const runFolder = join(cacheFolder, 'run');

const placeOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const componentsFolder = placeOf('../components');
export const manifestsFolder = placeOf('../../../manifests');
export const podJudgeProgram = placeOf('../kubelet/run-pod-judge.ts');
