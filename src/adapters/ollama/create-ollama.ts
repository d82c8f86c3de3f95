import { limits } from '../../limits.ts';
import type { Log } from '../../ports/log.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Model, ModelAnswer, Question } from '../../ports/model.ts';
import { underSignal } from './abortable-fetch.ts';
import { createChat } from './chat.ts';
import { nonceOf } from './fence.ts';
import { troubleInWords } from './model-trouble.ts';
import { createPerseverance } from './perseverance.ts';

/** Where the model is, and how patient to be with it. `budgetMs` is inferenceMsMax when not given. */
export interface OllamaSettings {
  readonly host: string;
  readonly model: string;
  readonly log: Log;
  readonly meter?: Meter;
  readonly budgetMs?: number;
  readonly numParallel?: number;
  readonly random?: () => number;
}

/** Local inference by Ollama behind the Model port: one budget for everything, trouble as an answer, and no model ever pulled. */
export const createOllama = (settings: OllamaSettings): Model => {
  const { host, model, log, meter, budgetMs = limits.inferenceMsMax, numParallel = 1, random = Math.random } = settings;
  const chat = createChat({ host, model });
  const persevere = createPerseverance({ budgetMs, numParallel, random });

  const attempt = async (
    purpose: Question['purpose'] | 'probe',
    work: () => Promise<unknown>,
  ): Promise<ModelAnswer> => {
    const startedMs = performance.now();
    const tookMs = (): number => Math.round(performance.now() - startedMs);
    const note = (outcome: string): void => meter?.observe('inference_seconds', tookMs() / 1000, { purpose, outcome });
    try {
      const value = await persevere((signal) => underSignal(signal, work));
      note('answered');
      log.debug({ purpose, tookMs: tookMs() }, 'the model answered');
      return { kind: 'answered', value, tookMs: tookMs() };
    } catch (error) {
      const reason = troubleInWords(error, budgetMs);
      note('failed');
      log.warn({ purpose, tookMs: tookMs(), reason }, 'the model did not answer');
      return { kind: 'failed', reason, tookMs: tookMs() };
    }
  };

  return {
    label: `ollama (${model})`,
    ask: (question) => attempt(question.purpose, () => chat.ask(question, nonceOf(random))),
    probe: () =>
      attempt('probe', async () => {
        await chat.ping();
        return null;
      }),
  };
};
