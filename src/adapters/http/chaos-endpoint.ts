import { z } from 'zod';
import { BotError } from '../../domain/bot-error.ts';
import { limits } from '../../limits.ts';
import type { Chaos } from '../../ports/chaos.ts';

const faultsShape = z.array(z.object({ name: z.string(), description: z.string(), workload: z.string() })).max(200);
const doneShape = z.object({ done: z.string().max(2_000) });
const refusalShape = z.object({ error: z.string().max(2_000) });

const unusable = (url: string, cause: unknown): BotError =>
  new BotError(
    'chaos_endpoint',
    `The chaos endpoint at ${url} does not answer: check the setting CHAOS and that it runs.`,
    { cause },
  );

/** Fault injection through an HTTP endpoint: `GET /faults` lists, `POST /faults/<name>` injects. */
export const createChaosEndpoint = (url: string): Chaos => {
  const call = async (
    path: string,
    init: RequestInit = {},
  ): Promise<{ readonly ok: boolean; readonly body: unknown }> => {
    try {
      const response = await fetch(new URL(path, url), { ...init, signal: AbortSignal.timeout(limits.queryMsMax) });
      return { ok: response.ok, body: await response.json() };
    } catch (cause) {
      throw unusable(url, cause);
    }
  };
  return {
    label: 'chaos endpoint',
    faults: async () => {
      const faults = faultsShape.safeParse((await call('/faults')).body);
      if (!faults.success) throw unusable(url, faults.error);
      return faults.data;
    },
    inject: async (name, note) => {
      const { ok, body } = await call(`/faults/${encodeURIComponent(name)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ note }),
      });
      if (ok) return doneShape.parse(body).done;
      const refusal = refusalShape.safeParse(body);
      throw new BotError(
        'chaos_refused',
        refusal.success ? refusal.data.error : 'The chaos endpoint refused without a reason.',
      );
    },
  };
};
