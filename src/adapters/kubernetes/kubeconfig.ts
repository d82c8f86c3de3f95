import { KubeConfig } from '@kubernetes/client-node';
import { BotError } from '../../domain/bot-error.ts';

/** Where the cluster is and who we are there: a file's path, its YAML text, or the service account of the pod. */
export interface KubeconfigChoice {
  readonly kubeconfig: string;
  /** Default: the file's current context. */
  readonly context?: string;
}

const load = (kubeconfig: string): KubeConfig => {
  const config = new KubeConfig();
  if (kubeconfig === 'in-cluster') config.loadFromCluster();
  else if (kubeconfig.includes('\n')) config.loadFromString(kubeconfig);
  else config.loadFromFile(kubeconfig);
  return config;
};

/** Reads the kubeconfig. Throws BotError `kubeconfig` with what is wrong with it, before anything is asked of the cluster. */
export const loadKubeconfig = ({ kubeconfig, context }: KubeconfigChoice): KubeConfig => {
  const source = kubeconfig.includes('\n') ? 'the given text' : kubeconfig;
  try {
    const config = load(kubeconfig);
    if (context !== undefined) config.setCurrentContext(context);
    if (config.getCurrentCluster() !== null) return config;
  } catch (cause) {
    throw new BotError('kubeconfig', `the kubeconfig (${source}) cannot be read`, { cause });
  }
  throw new BotError('kubeconfig', `the kubeconfig (${source}) has no cluster for context "${context ?? 'current'}"`);
};
