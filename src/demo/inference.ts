import { findOllama } from '../adapters/ollama/find-ollama.ts';
import type { Config } from '../config.ts';

/** Which inference the demo runs with, and why, in words for the terminal. */
export const chooseInference = async (
  config: Config,
): Promise<{ readonly kind: 'ollama' | 'none'; readonly why: string }> => {
  const { host, model } = config.inference;
  const found = await findOllama({ host, model });
  return found === 'ready'
    ? { kind: 'ollama', why: `inference by Ollama (${model})` }
    : { kind: 'none', why: `inference: none, the detectors vote alone. ${found}` };
};
