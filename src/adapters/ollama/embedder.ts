import { Ollama } from 'ollama';
import { BotError } from '../../domain/bot-error.ts';
import { limits } from '../../limits.ts';
import { abortableFetch, underSignal } from './abortable-fetch.ts';
import { troubleInWords } from './model-trouble.ts';

/** Texts to vectors by Ollama, all of one length. */
export interface OllamaEmbedder {
  /** Names the model, so that vectors of two models are never mixed. */
  readonly name: string;
  /** One vector a text, in order. Throws BotError `embedding` (retryable) when there is no usable answer in time. */
  embed(texts: readonly string[]): Promise<number[][]>;
}

const textsMax = 64;
const textCharsMax = 4_000;

const isUsable = (vectors: readonly (readonly number[])[], count: number): boolean => {
  const dimension = vectors[0]?.length ?? 0;
  return (
    vectors.length === count &&
    dimension > 0 &&
    vectors.every((vector) => vector.length === dimension && vector.every(Number.isFinite))
  );
};

/** Embeds by a model on an Ollama host; at most 64 texts of 4,000 characters a call, queryMsMax each. */
export const createOllamaEmbedder = (settings: {
  readonly host: string;
  readonly model: string;
  readonly budgetMs?: number;
}): OllamaEmbedder => {
  const { host, model, budgetMs = limits.queryMsMax } = settings;
  const client = new Ollama({ host, fetch: abortableFetch });

  const ask = async (texts: readonly string[]): Promise<number[][]> => {
    const input = texts.map((text) => text.slice(0, textCharsMax));
    const { embeddings } = await underSignal(AbortSignal.timeout(budgetMs), () =>
      client.embed({ model, input, truncate: true }),
    );
    if (!isUsable(embeddings, texts.length)) throw new Error('the vectors are unusable');
    return embeddings;
  };

  return {
    name: `ollama:${model}`,
    embed: async (texts) => {
      if (texts.length === 0) return [];
      if (texts.length > textsMax) throw new BotError('embedding', `at most ${textsMax} texts can be embedded at once`);
      try {
        return await ask(texts);
      } catch (cause) {
        throw new BotError('embedding', `No embedding from ${model}: ${troubleInWords(cause, budgetMs)}.`, {
          retryable: true,
          cause,
        });
      }
    },
  };
};
