import { z } from 'zod';
import { troubleInWords } from './model-trouble.ts';

const answerMsMax = 2_000;
const tagsSchema = z.object({ models: z.array(z.object({ name: z.string() })) });

const namesSame = (installed: string, wanted: string): boolean =>
  installed === wanted || (!wanted.includes(':') && installed === `${wanted}:latest`);

/** `ready` when the host answers within 2 s and has the model, else one sentence of what is missing. Never pulls. */
export const findOllama = async ({
  host,
  model,
}: {
  readonly host: string;
  readonly model: string;
}): Promise<string> => {
  try {
    const reply = await fetch(new URL('/api/tags', host), { signal: AbortSignal.timeout(answerMsMax) });
    if (!reply.ok) return `Ollama at ${host} answered with status ${reply.status}.`;
    const tags = tagsSchema.safeParse(await reply.json());
    if (!tags.success) return `What answers at ${host} is not Ollama.`;
    const found = tags.data.models.some(({ name }) => namesSame(name, model));
    return found ? 'ready' : `Ollama at ${host} has no model ${model}; run \`ollama pull ${model}\` there.`;
  } catch (error) {
    return `No Ollama at ${host}: ${troubleInWords(error, answerMsMax)}.`;
  }
};
