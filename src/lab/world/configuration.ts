import type { KubeStore } from '../cluster/kube-store.ts';
import { type PodView, parseAddress } from './cluster-view.ts';
import { profileOf } from './profiles.ts';

/** One env var that an application cannot start with. */
export interface Misconfiguration {
  readonly variable: string;
  readonly value: string;
  readonly problem: string;
}

/** An application checks the form of an address when it starts; whether somebody is there it finds out when it calls. */
const addressProblem = (value: string): string | null => {
  if (value === '') return 'is not set';
  if (parseAddress(value) !== null) return null;
  return /:\d*$/.test(value) || !value.includes(':') ? 'missing port in address' : 'invalid port';
};

const isPort = (value: string): boolean => /^\d{1,5}$/.test(value) && Number(value) > 0 && Number(value) <= 65_535;

/** The first env var that keeps the application from starting; null when it can start. */
export const findMisconfiguration = (pod: PodView): Misconfiguration | null => {
  const profile = profileOf(pod.workload);
  const port = profile.portEnv === null ? undefined : pod.env[profile.portEnv];
  if (profile.portEnv !== null && port !== undefined && !isPort(port)) {
    return { variable: profile.portEnv, value: port, problem: `listen tcp: lookup tcp/${port}: unknown port` };
  }
  for (const { env } of Object.values(profile.dependencies)) {
    const value = pod.env[env] ?? '';
    const problem = addressProblem(value);
    if (problem !== null) return { variable: env, value, problem };
  }
  return null;
};

interface EnvEntry {
  readonly valueFrom?: Readonly<Record<string, { readonly name?: string; readonly optional?: boolean } | undefined>>;
}

const references = [
  ['configMapKeyRef', 'configmaps', 'configmap'],
  ['secretKeyRef', 'secrets', 'secret'],
] as const;

/** The kubelet's words for an env var taken from an object that is not there; null when all are. */
export const findMissingReference = (pod: PodView, store: KubeStore): string | null => {
  const container = (pod.object.spec?.containers ?? []).find(
    (candidate: { name: string }) => candidate.name === pod.container,
  );
  const entries: readonly EnvEntry[] = container?.env ?? [];
  const namespace = pod.object.metadata.namespace ?? '';
  for (const [key, plural, noun] of references) {
    const lost = entries
      .map((entry) => entry.valueFrom?.[key])
      .find((ref) => ref?.name !== undefined && ref.optional !== true && !store.get(plural, namespace, ref.name));
    if (lost !== undefined) return `${noun} "${lost.name ?? ''}" not found`;
  }
  return null;
};
